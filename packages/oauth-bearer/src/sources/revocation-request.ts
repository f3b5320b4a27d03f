/** One revocation (RFC 7009 §2.1). */
export interface RevocationRequest {
  readonly token: string;
  readonly tokenTypeHint: 'access_token' | 'refresh_token';
  /** Default: the one in the metadata. */
  readonly url?: string | undefined;
  readonly signal: AbortSignal;
}
