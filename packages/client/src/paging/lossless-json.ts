/** ECMAScript 2027: Node has it since 21, TypeScript's library does not. */
interface LosslessJson {
  parse(text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown): unknown;
  rawJSON?(text: string): object;
  isRawJSON?(value: unknown): value is { readonly rawJSON: string };
}

const json: LosslessJson = JSON;

/**
 * Parses JSON so that `JSON.stringify` writes every number unchanged. A plain parse rounds ids beyond 2^53, which
 * would lose records. Numbers are rounded where the runtime has no `JSON.rawJSON`.
 *
 * @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  return json.parse(text, (_key, value, { source } = {}) => {
    const isChanged = typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source;
    return isChanged ? (json.rawJSON?.(source) ?? value) : value;
  });
}

/** A string or a number as text, the number unchanged; `undefined` for other values. */
export function toText(value: unknown): string | undefined {
  if (json.isRawJSON?.(value) === true) return value.rawJSON;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** The type of a value, for a message; does not contain the value. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (json.isRawJSON?.(value) === true) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
