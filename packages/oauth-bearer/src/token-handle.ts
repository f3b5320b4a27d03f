import type { Result } from 'ts-results';
import type { AccessToken } from './access-token.ts';
import type { TokenError } from './errors.ts';

/** What one caller asks for. */
export interface GetOptions {
  /** Ends this caller's wait, and no one else's: the renewal goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** Where a token stands. */
export type TokenState = 'none' | 'fresh' | 'stale' | 'expired' | 'rejected' | 'closed';

/** What may be shown of a token. Instants are milliseconds since the epoch. */
export interface TokenStatus {
  readonly state: TokenState;
  /** Counts the tokens this handle has had. */
  readonly generation: number;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** When it is renewed ahead; undefined when it is renewed at the next use. */
  readonly renewsAt: number | undefined;
  readonly scopes: readonly string[];
  /** The last failure since the last success. */
  readonly failure: { readonly code: TokenError['code']; readonly at: number; readonly retryAt: number } | undefined;
}

/** What a bearer layer asks for tokens. */
export interface TokenHandle {
  /** The token as it is now. Does no I/O and never waits. */
  read(): Result<AccessToken, TokenError>;
  /** The token as it is now, or the one that is being acquired when there is none to use. */
  get(options?: GetOptions): Promise<Result<AccessToken, TokenError>>;
  /** Says that a resource has rejected a token; answers with the one to use instead. */
  invalidate(rejected?: AccessToken): Promise<Result<AccessToken, TokenError>>;
  status(): TokenStatus;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
