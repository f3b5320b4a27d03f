/** A JSON object: its members have any type. `JSON.parse` makes `__proto__` an ordinary member. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A JSON object, or nothing. V8's own error would quote the text. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
