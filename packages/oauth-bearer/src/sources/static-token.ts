import { isBearingsError, systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { isRequestBound } from '@bearings/client/layer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { AuthScheme } from '../access-token.ts';
import type { Secret } from '../client-auth/client-secret.ts';
import { TokenConfigError, TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { TokenEngine } from '../token/token-engine.ts';
import type { TokenHandle } from '../token/token-handle.ts';
import type { IssuedToken, TokenSource } from './token-source.ts';

/** A secret that does not expire, or a function that is called for it, so that it can change. */
export type StaticSecret = Secret | (() => Secret | Promise<Secret>);

/** How the secret is written into its header: `Bearer` and the secret, the secret as it is, or a user's password. */
export type StaticTokenOptions = StaticTokenClock &
  (
    | { readonly scheme?: Exclude<AuthScheme, 'Basic'> }
    /** RFC 7617: the username has no colon. */
    | { readonly scheme: 'Basic'; readonly username: string }
  );

interface StaticTokenClock {
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** The pause after a read that brought nothing new: many 401s at once cause one read. */
const cooldownMs = 1_000;
const timeoutMs = 30_000;

/**
 * A token that does not expire: a bearer token, an API key (`scheme: 'none'`) or a password (`scheme: 'Basic'`).
 *
 * A function is called at the first use, and again when a resource has rejected what it returned: a secret that has
 * changed is then used, one that has not stays in use. All callers wait for one call of it, at most 30 s.
 *
 * @throws TokenConfigError when it cannot be a token; what a function returns is checked when it is called
 */
export function staticToken(secret: StaticSecret, options: StaticTokenOptions = {}): TokenHandle {
  const { scheme = 'Bearer', clock = systemClock } = options;
  const username = 'username' in options ? options.username : '';
  if (!rules.has(scheme)) throw new TokenConfigError('scheme', "must be 'Bearer', 'Basic' or 'none'");
  if (scheme === 'Basic') checkUsername(username);
  const issue = (given: Secret): IssuedToken => ({
    value: checkedValue(given, scheme),
    lifetimeMs: Infinity,
    scheme,
    username,
  });
  const isFunction = typeof secret === 'function';
  const source: TokenSource = {
    name: 'the secret function',
    acquire: async () => attempt(async () => issue(isFunction ? await secret() : secret)),
  };
  return new TokenEngine(source, {
    refreshOffsetMs: 0,
    jitterMaxMs: 0,
    minRefreshPeriodMs: isFunction ? cooldownMs : Infinity,
    acquireTimeoutMs: timeoutMs,
    backoff: { firstMs: cooldownMs, maxMs: cooldownMs, maxWithoutTokenMs: cooldownMs, permanentMs: cooldownMs },
    hasTimer: false,
    isRequestBound: isRequestBound(),
    initial: isFunction ? undefined : issue(secret),
    clock,
    random: Math.random,
  });
}

/** What foreign code throws may contain the secret, so only errors of Bearings are kept. */
async function attempt(read: () => Promise<IssuedToken>): Promise<Result<IssuedToken, TokenError>> {
  try {
    return Ok(await read());
  } catch (cause) {
    if (isBearingsError(cause) && cause.source === 'oauth-bearer') return Err(cause);
    if (cause instanceof BearingsError) return Err(new TokenUnavailableError(cause.message, { cause }));
    return Err(new TokenUnavailableError('the secret function failed'));
  }
}

interface ValueRule {
  readonly form: RegExp;
  readonly expected: string;
}

const rules: ReadonlyMap<AuthScheme, ValueRule> = new Map([
  ['Bearer', { form: /^[\x21-\x7e]+$/, expected: 'must be visible ASCII characters, at least one' }],
  [
    'none',
    {
      form: /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
      expected: 'must be ASCII on one line, without a space at either end',
    },
  ],
  ['Basic', { form: /^\P{Cc}+$/u, expected: 'must be at least one character, and no control characters' }], // RFC 7617 §2
]);

/** @throws TokenConfigError that does not show it */
function checkedValue(secret: Secret, scheme: AuthScheme): string {
  const value: unknown = secret instanceof Object ? secret.expose() : secret;
  const rule = rules.get(scheme);
  if (typeof value === 'string' && value.isWellFormed() && rule?.form.test(value) === true) return value;
  throw new TokenConfigError('secret', rule?.expected ?? '');
}

function checkUsername(username: unknown): void {
  const isRight = typeof username === 'string' && username.isWellFormed() && /^[^:\p{Cc}]+$/u.test(username);
  if (!isRight) throw new TokenConfigError('username', 'must have no colon and no control character (RFC 7617 §2)');
}
