/** The system's own code of an error, such as `ECONNREFUSED`; `an error` when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'an error';
}
