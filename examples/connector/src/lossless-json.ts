declare global {
  // ECMAScript 2027; Node has both since 21, TypeScript's library has not
  interface JSON {
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
    rawJSON(text: string): object;
    isRawJSON(value: unknown): value is { readonly rawJSON: string };
  }
}

/**
 * Parses JSON so that `JSON.stringify` writes every number as it came: an id beyond 2^53 would be rounded, and a record
 * with it lost.
 *
 * @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, { source }) => {
    const isChanged = typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source;
    return isChanged ? JSON.rawJSON(source) : value;
  });
}

/** A string or a number as text, the number as it came; `undefined` for anything else. */
export function textOf(value: unknown): string | undefined {
  if (JSON.isRawJSON(value)) return value.rawJSON;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** What kind of a value it is, for a message: never the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (JSON.isRawJSON(value)) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
