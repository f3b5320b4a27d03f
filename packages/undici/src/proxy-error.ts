/** A proxy that cannot be reached, or refuses to connect. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** Not the cause's own code: undici tries again for ever after some of them. */
  readonly code = 'ERR_PROXY';
  /** The cause's own code, such as `ECONNREFUSED`. */
  readonly reason: string;

  constructor({ protocol, host }: URL, reason: string, detail: string) {
    super(`the proxy ${protocol}//${host} failed: ${detail}`);
    this.reason = reason;
  }
}

/** Names the proxy in an error of its connection. */
export function toProxyError(proxy: URL, cause: unknown): ProxyError {
  const { code, message } = innermost(cause);
  return code === undefined
    ? new ProxyError(proxy, 'UNKNOWN', 'the connection failed')
    : new ProxyError(proxy, code, message);
}

/** The error for a proxy that answers with a status of its own. */
export function proxyStatusError(proxy: URL, status: number): ProxyError {
  // REFUSED is not tried again: the same credentials get the same answer
  return status === 407
    ? new ProxyError(
        proxy,
        'REFUSED',
        'it answered 407: it requires a user and a password, or refuses those that it got',
      )
    : new ProxyError(proxy, 'PROXY_STATUS', `it answered ${status}`);
}

/** Finds a proxy's error in a chain of causes. */
export function findProxyError(cause: unknown): ProxyError | undefined {
  for (let error = cause, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if (error instanceof ProxyError) return error;
  }
  return undefined;
}

/** The platform's own error: below that of undici for a proxy, or the first of several addresses. */
function innermost(cause: unknown): { readonly code?: string; readonly message: string } {
  if (!(cause instanceof Error)) return { message: '' };
  if (cause instanceof AggregateError) return innermost(cause.errors[0]);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  if (code?.startsWith('UND_ERR_PRX') === true && cause.cause instanceof Error) return innermost(cause.cause);
  return { ...(code !== undefined && { code }), message: cause.message };
}
