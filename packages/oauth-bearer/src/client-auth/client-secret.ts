import { BearingsError } from '@bearings/client/errors';
import { TokenConfigError, TokenUnavailableError } from '../errors.ts';
import { SecretString } from '../secret-string.ts';

/** A secret as it is written in a config. */
export type Secret = string | SecretString;

/** One secret, or the current and the previous one while a secret is being changed. */
export type Secrets = Secret | readonly [current: Secret, previous: Secret];

/** A secret, or a function that is asked for it at each acquisition, so that it can change without a restart. */
export type ClientSecret = Secrets | (() => Secrets | Promise<Secrets>);

/** The secrets to try, in order. */
export type AskForSecrets = () => Promise<readonly SecretString[]>;

/** @throws TokenConfigError when it can be no secret; a function is judged when it is asked */
export function readClientSecret(given: ClientSecret): AskForSecrets {
  if (typeof given !== 'function') {
    const secrets = listOf(given);
    return async () => secrets;
  }
  return async () => listOf(await ask(given));
}

/** What a stranger throws may quote the secret or its store, so it is not kept. */
async function ask(provider: () => Secrets | Promise<Secrets>): Promise<Secrets> {
  try {
    return await provider();
  } catch (cause) {
    if (cause instanceof BearingsError) throw new TokenUnavailableError(cause.message, cause);
    throw new TokenUnavailableError('The function given as clientSecret failed, so there is nothing to ask with');
  }
}

function listOf(given: unknown): readonly SecretString[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > 2) throw new TokenConfigError('clientSecret', 'has more than a current and a previous secret');
  if (list.length === 0) throw new TokenConfigError('clientSecret', 'must not be an empty list');
  return list.map((each) => {
    const value = each instanceof SecretString ? each.expose() : each;
    if (typeof value !== 'string' || value === '') throw new TokenConfigError('clientSecret', 'must not be empty');
    if (value.isWellFormed()) return new SecretString(value);
    throw new TokenConfigError('clientSecret', 'has half a surrogate pair, which has no UTF-8 form');
  });
}
