import type { Outcome } from './scene.ts';

export const header = formatLine('', 'token requests, cold', 'after a 401', 'lost calls, cold', 'after a 401');

export function formatRow(name: string, { cold, revoked }: Outcome): string {
  return formatLine(name, cold.tokenRequests, revoked.tokenRequests, cold.lostCalls, revoked.lostCalls);
}

function formatLine(name: string, ...cells: readonly (string | number)[]): string {
  const widths = [20, 11, 16, 11];
  return [name.padEnd(36), ...cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0))].join('  ');
}
