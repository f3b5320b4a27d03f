import { inspect } from 'node:util';

/** What must show nowhere: every canary, and the header a client proves itself with. */
export const secrets: RegExp = new RegExp(`CANARY|${btoa('svc:cs_CANARY_9f3a')}|${btoa('CANARY').slice(0, 6)}`);

/** Everything a program could come to print of a value, by whatever way. */
export function shownOf(value: unknown): string {
  const ways = [
    () => String(value),
    () => JSON.stringify(value) ?? '',
    () => inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    () => inspect(structuredClone(value), { depth: Infinity, showHidden: true }),
  ];
  const errors = value instanceof Error ? chainOf(value).map(partsOf) : [];
  return [...ways.map(attempt), ...errors].join('\n');
}

function attempt(way: () => string): string {
  try {
    return way();
  } catch {
    return ''; // it cannot be shown this way at all
  }
}

function chainOf(error: Error): readonly Error[] {
  return error.cause instanceof Error ? [error, ...chainOf(error.cause)] : [error];
}

function partsOf(error: Error): string {
  const own = Reflect.ownKeys(error).map((key) => `${String(key)}: ${String(Reflect.get(error, key))}`);
  return [error.message, error.stack, ...own].join('\n');
}
