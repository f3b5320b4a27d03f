import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { AccessToken } from '../access-token.ts';
import type { AuthScheme } from '../access-token.ts';
import { AskedSecret } from '../token/asked-secret.ts';
import type { Secret } from '../client-auth/client-secret.ts';
import { TokenConfigError } from '../errors.ts';
import type { TokenHandle } from '../token/token-handle.ts';

/** A secret that somebody else looks after, or a function that is asked for it, so that it can change. */
export type StaticSecret = Secret | (() => Secret | Promise<Secret>);

/** How the secret is written into its header: `Bearer` and the secret, the secret as it is, or a user's password. */
export type StaticTokenOptions = StaticTokenParts &
  (
    | { readonly scheme?: Exclude<AuthScheme, 'Basic'> }
    /** RFC 7617: the user's name has no colon. */
    | { readonly scheme: 'Basic'; readonly username: string }
  );

interface StaticTokenParts {
  /** The time. Default: the system's. */
  readonly clock?: Clock;
}

/**
 * A token that somebody else looks after: a bearer token, an API key (`scheme: 'none'`), or a password
 * (`scheme: 'Basic'`). It is never renewed.
 *
 * A function is asked at the first use, and again when a resource has rejected what it gave: a secret that has changed
 * is then used. Whoever needs it meanwhile waits for the one answer, 30 s at most.
 *
 * @throws TokenConfigError when it cannot be a token; what a function gives is judged when it is asked
 */
export function staticToken(secret: StaticSecret, options: StaticTokenOptions = {}): TokenHandle {
  const { scheme = 'Bearer', clock = systemClock } = options;
  const username = 'username' in options ? options.username : '';
  if (!rules.has(scheme)) throw new TokenConfigError('scheme', "must be 'Bearer', 'Basic' or 'none'");
  if (scheme === 'Basic') checkUsername(username);
  const make = (given: Secret, generation: number): AccessToken =>
    new AccessToken(
      { value: valueOf(given, scheme), lifetimeMs: Infinity, scopes: [], scheme, username },
      0,
      generation,
    );
  return new AskedSecret(
    typeof secret === 'function' ? { ask: secret, make, clock } : { first: make(secret, 1), make, clock },
  );
}

interface ValueRule {
  readonly form: RegExp;
  readonly says: string;
}

const rules: ReadonlyMap<AuthScheme, ValueRule> = new Map([
  ['Bearer', { form: /^[\x21-\x7e]+$/, says: 'must be visible ASCII characters, at least one' }],
  [
    'none',
    { form: /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, says: 'must be ASCII on one line, with no space round it' },
  ],
  ['Basic', { form: /^\P{Cc}+$/u, says: 'must be characters that are no control characters, at least one' }], // RFC 7617 §2
]);

/** @throws TokenConfigError that does not show it */
function valueOf(secret: Secret, scheme: AuthScheme): string {
  const value: unknown = secret instanceof Object ? secret.expose() : secret;
  const rule = rules.get(scheme);
  if (typeof value === 'string' && value.isWellFormed() && rule?.form.test(value) === true) return value;
  throw new TokenConfigError('secret', rule?.says ?? '');
}

function checkUsername(username: unknown): void {
  const isRight = typeof username === 'string' && username.isWellFormed() && /^[^:\p{Cc}]+$/u.test(username);
  if (!isRight) throw new TokenConfigError('username', 'must have no colon and no control character (RFC 7617 §2)');
}
