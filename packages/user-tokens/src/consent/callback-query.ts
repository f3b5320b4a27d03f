/** The parameters of an authorization response (RFC 6749 §4.1.2, RFC 9207 §2). */
export interface CallbackQuery {
  readonly state: string;
  /** The server that answered, if it says so. */
  readonly iss: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
}

const names = ['state', 'iss', 'code', 'error', 'error_description'] as const;
/** `state` is ours and has 43 characters. Codes of some servers are JWTs. */
const maxLength = 8_192;

/**
 * Reads the query of a callback. `undefined` when it is not an authorization response: without `state`, without `code` and
 * `error`, or with a parameter twice (RFC 6749 §3.1).
 */
export function readCallbackQuery(query: URLSearchParams): CallbackQuery | undefined {
  const isWrong = names.some((name) => query.getAll(name).length > 1 || (query.get(name) ?? '').length > maxLength);
  const [state, iss, code, error, errorDescription] = names.map((name) => query.get(name) ?? undefined);
  const hasAnswer = Boolean(code) || Boolean(error);
  return isWrong || !state || !hasAnswer ? undefined : { state, iss, code, error, errorDescription };
}
