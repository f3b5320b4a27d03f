import type { Result } from 'ts-results';
import type { AccessToken, AuthScheme } from '../access-token.ts';
import type { TokenError } from '../errors.ts';
import type { TokenExtras } from './token-extras.ts';

/**
 * Anything that can issue a token.
 *
 * `Token.from(source)` is the engine over it: cache, renewal ahead of expiry, rotation, pauses after failures, events.
 * A source does one thing, `acquire`, and a decorator of a source is a source.
 */
export interface TokenSource {
  /** What error messages call it, such as the origin of its server. Default: `the token source`. */
  readonly name?: string;
  /** Whether a request whose answer was lost may be sent again. Default: `safe`. */
  readonly retry?: RetryClass;
  /**
   * Issues a token, or answers why it cannot; the error's `kind` decides when the engine asks again.
   *
   * Must not throw. The engine treats a source that throws, rejects, does not answer within `acquireTimeoutMs` or
   * answers with something else as `TOKEN_UNAVAILABLE`. One acquisition runs at a time.
   */
  acquire(options: AcquireOptions): Promise<Result<IssuedToken, TokenError>>;
  /**
   * True when what the source asks with has changed since its last failure: a new secret, a new consent. The engine
   * calls it during the pause after a permanent or terminal failure, at most once per second, when a caller needs a
   * token; the source is then asked at once. Without it a terminal failure is final.
   */
  hasChanged?(): boolean | Promise<boolean>;
  /**
   * True for a source that asks for the `claims` of {@link AcquireOptions}. Without it a resource that requires claims does
   * not rotate the token: the next one would be the same. Default: false.
   */
  readonly acceptsClaims?: boolean;
}

/** What the engine passes to a source. */
export interface AcquireOptions {
  /** Aborted when the answer is no longer wanted: the token was closed, or `acquireTimeoutMs` is over. */
  readonly signal: AbortSignal;
  /** True when the last acquisition failed: send one request and do not retry it. */
  readonly isProbe: boolean;
  /** The token that callers have, if any. */
  readonly held?: HeldToken | undefined;
  /**
   * The claims that a resource requires of the next token, as it sent them: base64 of JSON (Microsoft Entra's continuous
   * access evaluation). Passed until one acquisition has succeeded; a source that needs them later keeps them. Only for a
   * source that `acceptsClaims`.
   */
  readonly claims?: string | undefined;
}

/** The token that is to be replaced. */
export interface HeldToken {
  readonly access: AccessToken;
  /** Milliseconds since it was requested, by the monotonic clock or the wall clock, whichever says more. */
  readonly ageMs: number;
  /** True when a resource has rejected it: an answer with the same token does not help. */
  readonly isRejected: boolean;
}

/** A token as a source issues it. */
export interface IssuedToken {
  readonly value: string;
  /** Lifetime from when the token was requested, in milliseconds above 0; `Infinity` for one that does not expire. */
  readonly lifetimeMs: number;
  /** Age when the source was asked, in milliseconds; for a token that was requested earlier, by another replica. Default: 0. */
  readonly ageMs?: number;
  /** The granted scopes. Default: none. */
  readonly scopes?: readonly string[];
  /** How it is written into its header. Default: `Bearer`. */
  readonly scheme?: AuthScheme;
  /** The user of the password, with the scheme `Basic`. */
  readonly username?: string;
  /** Which of two client secrets the server accepted. */
  readonly secret?: 'current' | 'previous';
  /** What else the answer contained, for a decorator of the source. The engine does not keep it. */
  readonly extras?: TokenExtras;
}

/**
 * Whether a token request may be sent again when its answer was lost. `safe`: yes, it only makes another token (client
 * credentials). `once`: one time, within seconds (a refresh token: servers that rotate it accept the old one only
 * briefly). `never`: no (an authorization code: a second use revokes the tokens of the first).
 */
export type RetryClass = 'safe' | 'once' | 'never';
