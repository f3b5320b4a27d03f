import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { AccessToken } from '../access-token.ts';
import { acquire } from './acquire-within.ts';
import { clientCredentials } from '../sources/client-credentials.ts';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { readTokenConfig } from './token-config.ts';
import type { TokenConfig } from './token-config.ts';

/** How one token is fetched. */
export interface FetchTokenOptions {
  /** Ends the request, which then fails with `UNAVAILABLE`. */
  readonly signal?: AbortSignal;
}

/**
 * One token, once: for a script, or a check. Nothing is kept and nothing renewed; whoever needs a token twice needs a
 * `Token`.
 */
export async function fetchToken(
  config: TokenConfig,
  { signal = new AbortController().signal }: FetchTokenOptions = {},
): Promise<Result<AccessToken, TokenError>> {
  const settings = readTokenConfig(config);
  if (settings.isErr()) return settings;
  const askedAt = settings.value.clock.now();
  if (signal.aborted) return Err(new TokenUnavailableError('The signal was aborted before anything was sent'));
  const source = clientCredentials(settings.value);
  const issued = await acquire(source, { signal, isProbe: false }, settings.value);
  return issued.isErr() ? issued : Ok(new AccessToken(issued.value, askedAt, 1));
}
