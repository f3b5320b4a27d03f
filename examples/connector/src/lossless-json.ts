declare global {
  // ECMAScript 2027; Node has both since 21, TypeScript's library does not
  interface JSON {
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
    rawJSON(text: string): object;
    isRawJSON(value: unknown): value is { readonly rawJSON: string };
  }
}

/**
 * Parses JSON so that `JSON.stringify` writes every number unchanged. A plain parse rounds ids beyond 2^53, which
 * would lose records.
 *
 * @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, { source }) => {
    const isChanged = typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source;
    return isChanged ? JSON.rawJSON(source) : value;
  });
}

/** A string or a number as text, the number unchanged; `undefined` for other values. */
export function toText(value: unknown): string | undefined {
  if (JSON.isRawJSON(value)) return value.rawJSON;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** The type of a value, for a message; does not contain the value. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (JSON.isRawJSON(value)) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
