import { BearingsError } from '@bearings/client/errors';
import { TokenConfigError, TokenUnavailableError } from '../errors.ts';
import { SecretString } from '../secret-string.ts';

/** A secret as it is written in a config. */
export type Secret = string | SecretString;

/** One secret, or the current and the previous one while the secret is being changed. */
export type Secrets = Secret | readonly [current: Secret, previous: Secret];

/** A secret, or a function that is called at each acquisition, so that the secret can change without a restart. */
export type ClientSecret = Secrets | (() => Secrets | Promise<Secrets>);

/** Reads the secrets to try, in order. */
export type ReadSecrets = () => Promise<readonly SecretString[]>;

/** @throws TokenConfigError when it cannot be a secret; what a function returns is checked when it is called */
export function readClientSecret(given: ClientSecret): ReadSecrets {
  if (typeof given !== 'function') {
    const secrets = parseSecrets(given);
    return async () => secrets;
  }
  return async () => parseSecrets(await callProvider(given));
}

/** What foreign code throws may contain the secret or its store's answer, so only errors of Bearings are kept. */
async function callProvider(provider: () => Secrets | Promise<Secrets>): Promise<Secrets> {
  try {
    return await provider();
  } catch (cause) {
    if (cause instanceof BearingsError) throw new TokenUnavailableError(cause.message, { cause });
    throw new TokenUnavailableError('the clientSecret function failed');
  }
}

function parseSecrets(given: unknown): readonly SecretString[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > 2) throw new TokenConfigError('clientSecret', 'has more than a current and a previous secret');
  if (list.length === 0) throw new TokenConfigError('clientSecret', 'must not be an empty list');
  return list.map((each) => {
    const value = each instanceof SecretString ? each.expose() : each;
    if (typeof value !== 'string' || value === '') throw new TokenConfigError('clientSecret', 'must not be empty');
    if (value.isWellFormed()) return new SecretString(value);
    throw new TokenConfigError('clientSecret', 'contains half of a surrogate pair, which has no UTF-8 form');
  });
}
