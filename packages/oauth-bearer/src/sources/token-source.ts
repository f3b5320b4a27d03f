import type { Result } from 'ts-results';
import type { AccessToken, AuthScheme } from '../access-token.ts';
import type { ClientAuthMethod } from '../client-auth/client-auth-method.ts';
import type { DpopKey } from '../dpop/dpop-key.ts';
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
  /** Reports how a store of tokens took part. */
  readonly report?: ((event: StoreReport) => void) | undefined;
  /**
   * The claims that a resource requires of the next token, as it sent them: base64 of JSON (Microsoft Entra's continuous
   * access evaluation). Passed until an acquisition has succeeded or failed with them; a source that needs them later keeps
   * them. Only for a source that `acceptsClaims`.
   */
  readonly claims?: string | undefined;
}

/** How an acquisition over a store of tokens ended. */
export interface StoreReport {
  readonly outcome: StoreOutcome;
  readonly tookMs: number;
}

/**
 * `taken`: the token of another replica. `requested`: a request for all replicas. `failed`: the request of another replica
 * failed. `limited`: the replicas together have rotated too often. `fallback`: the store is away, and this replica sent a
 * request of its own. `kept`: the store is away, and the token is valid long enough. `foreign`, `unreadable`: the entry
 * belongs to another group, or was changed, so it was not used or replaced. `unsealed`: a key could not be read.
 */
export type StoreOutcome =
  | 'taken'
  | 'requested'
  | 'failed'
  | 'limited'
  | 'fallback'
  | 'kept'
  | 'foreign'
  | 'unreadable'
  | 'unsealed';

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
  /** True when another replica has requested it. Default: false. */
  readonly isShared?: boolean;
  /** The granted scopes. Default: none. */
  readonly scopes?: readonly string[];
  /** How it is written into its header. Default: `Bearer`. */
  readonly scheme?: AuthScheme;
  /** The user of the password, with the scheme `Basic`. */
  readonly username?: string;
  /** The key that the token is bound to; required with the scheme `DPoP`. */
  readonly dpopKey?: DpopKey | undefined;
  /** True for a token that is bound to the client certificate of the connection (RFC 8705 §3). Default: false. */
  readonly isCertificateBound?: boolean | undefined;
  /** Which of two client secrets the server accepted. */
  readonly secret?: 'current' | 'previous';
  /** How the token was requested; absent for one of another replica, and for a static one. */
  readonly request?: TokenRequestFacts;
  /** What else the answer contained, for a decorator of the source. The engine does not keep it. */
  readonly extras?: TokenExtras;
}

/** How a token was requested. Not a secret. */
export interface TokenRequestFacts {
  /** As in the request, such as `client_credentials` or `urn:ietf:params:oauth:grant-type:token-exchange`. */
  readonly grantType: string;
  readonly clientAuthMethod: ClientAuthMethod;
}

/**
 * Whether a token request may be sent again when its answer was lost. `safe`: yes, it only makes another token (client
 * credentials). `once`: one time, within seconds (a refresh token: servers that rotate it accept the old one only
 * briefly). `never`: no (an authorization code: a second use revokes the tokens of the first).
 */
export type RetryClass = 'safe' | 'once' | 'never';
