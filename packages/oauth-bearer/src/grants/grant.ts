import type { Clock } from '@bearings/client';

/** What a grant is read with. */
export interface GrantContext {
  /** The issuer; the token endpoint when only that is known. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clock: Clock;
}

/** The parameters of one token request, besides those of the config. */
export interface GrantParams {
  readonly params: readonly [string, string][];
  /** When the token must have ended, in milliseconds since the epoch. Default: when the server says. */
  readonly endsAt?: number | undefined;
  /** Equal for two requests that would get the same answer. */
  readonly identity: string;
}

/** How a token is requested, checked. */
export interface Grant {
  readonly type: string;
  /**
   * Reads what is sent now.
   *
   * @throws TokenError when it is not available
   */
  readonly read: (context: GrantContext) => Promise<GrantParams>;
  /** True when the client must be named although it does not authenticate. Default: true. */
  readonly namesClient: boolean;
  /** What decides which token it is, for replicas that share one; `undefined` when that changes from request to request. */
  readonly identity: unknown;
  /** Values of `token_type` that are expected besides Bearer, in lower case. */
  readonly tokenTypes: readonly string[];
}
