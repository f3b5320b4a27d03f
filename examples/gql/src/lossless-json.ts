declare global {
  // ECMAScript 2027; Node has both since 21, TypeScript's library does not
  interface JSON {
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
    rawJSON(text: string): object;
  }
}

/**
 * Parses JSON so that `JSON.stringify` writes every number unchanged. A plain parse rounds ids beyond 2^53.
 *
 * @throws SyntaxError that may quote the text
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, { source }) => {
    const isChanged = typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source;
    return isChanged ? JSON.rawJSON(source) : value;
  });
}

/** Indented JSON. Escapes control characters that JSON allows and a terminal would obey. */
export function prettyJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return text.replaceAll(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}
