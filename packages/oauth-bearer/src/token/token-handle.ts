import type { Result } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import type { TokenError } from '../errors.ts';
import type { TokenListener } from './token-events.ts';

/** What one caller asks for. */
export interface GetOptions {
  /**
   * How long the token should still be good, in milliseconds. Default: 0.
   *
   * One that is good for less is renewed first, if that is possible now; if not, it is given all the same. More than
   * half of a token's life cannot be asked for: it would mean a token request per call.
   */
  readonly minValidityMs?: number | undefined;
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
  /** Milliseconds until calls would be without a token; 0 when they are. */
  readonly validForMs: number;
  readonly scopes: readonly string[];
  /** The last failure since the last success. */
  readonly failure: FailureStatus | undefined;
}

/** What may be shown of a failed acquisition. */
export interface FailureStatus {
  readonly code: TokenError['code'];
  /** How many in a row. */
  readonly count: number;
  readonly at: number;
  /** When the next attempt is due. */
  readonly retryAt: number;
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
  /** Tells of what happens from now on; answers with the way to stop. */
  subscribe(listener: TokenListener): () => void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
