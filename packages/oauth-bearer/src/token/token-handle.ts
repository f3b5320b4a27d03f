import type { Result } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import type { TokenError } from '../errors.ts';
import type { TokenListener } from './token-events.ts';

/** What one caller needs. */
export interface GetOptions {
  /**
   * How long the token should still be valid, in milliseconds. Default: 0.
   *
   * A token that is valid for less is renewed first, if that is possible now; if not, it is used all the same. At most
   * half of a token's lifetime counts: more would mean a token request per call.
   */
  readonly minValidityMs?: number | undefined;
  /** Ends the wait of this caller only: the renewal goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a resource has rejected a token. */
export interface InvalidateOptions {
  /** The claims that it requires, as its challenge has them. */
  readonly claims?: string | undefined;
  /**
   * The error code of its challenge (RFC 6750 §3.1). Default: `invalid_token`, for which the token is also rotated when the claims
   * cannot be used.
   */
  readonly error?: string | undefined;
}

/** The state of a token. */
export type TokenState = 'none' | 'fresh' | 'stale' | 'expired' | 'rejected' | 'closed';

/** What a token shows of itself. Instants are milliseconds since the epoch. */
export interface TokenStatus {
  readonly state: TokenState;
  /** Counts the tokens this handle has had. */
  readonly generation: number;
  /** True when another replica has requested the current token, and it came from a store. */
  readonly isShared: boolean;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** When it is renewed ahead; undefined when it is renewed at the next use. */
  readonly renewsAt: number | undefined;
  /** Milliseconds until calls have no token; 0 when they have none now. */
  readonly validForMs: number;
  readonly scopes: readonly string[];
  /** The last failure since the last success. */
  readonly failure: FailureStatus | undefined;
}

/** What a failed acquisition shows of itself. */
export interface FailureStatus {
  readonly code: TokenError['code'];
  /** How many in a row. */
  readonly count: number;
  readonly at: number;
  /** When the next attempt is due. */
  readonly retryAt: number;
}

/** A token that renews and rotates itself: what a bearer layer takes. */
export interface TokenHandle {
  /** The current token. Does no I/O and never waits. */
  read(): Result<AccessToken, TokenError>;
  /** The current token, or the one that is being acquired when there is no usable one. */
  get(options?: GetOptions): Promise<Result<AccessToken, TokenError>>;
  /** Reports that a resource has rejected a token; answers with the one to use instead. */
  invalidate(rejected?: AccessToken, options?: InvalidateOptions): Promise<Result<AccessToken, TokenError>>;
  status(): TokenStatus;
  /** Calls the listener on every event from now on; answers with a function that stops it. */
  subscribe(listener: TokenListener): () => void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
