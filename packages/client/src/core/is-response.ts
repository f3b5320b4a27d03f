/** By what is needed of it: a Response may come from another copy of undici, or from a mock. */
export function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'body' in value;
}
