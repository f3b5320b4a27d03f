import { readFileSync } from 'node:fs';

/** The version of this package. */
export function version(): string {
  const described: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const isKnown = typeof described === 'object' && described !== null && 'version' in described;
  return isKnown ? String(described.version) : 'unknown';
}
