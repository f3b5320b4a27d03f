import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { AccessToken } from '../access-token.ts';
import { acquireWithin } from './acquire-within.ts';
import { createSource } from '../sources/grant-source.ts';
import { shareToken } from '../store/share-token.ts';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { readTokenConfig } from './token-config.ts';
import type { TokenConfig } from './token-config.ts';

export interface FetchTokenOptions {
  /** Aborts the request, which then fails with `TOKEN_UNAVAILABLE`. */
  readonly signal?: AbortSignal;
}

/**
 * One token, once: for a script, or a check. Nothing is kept or renewed; use a `Token` for more than one call.
 */
export async function fetchToken(
  config: TokenConfig,
  { signal = new AbortController().signal }: FetchTokenOptions = {},
): Promise<Result<AccessToken, TokenError>> {
  const settings = readTokenConfig(config);
  if (settings.isErr()) return settings;
  const issuedAt = settings.value.clock.now();
  if (signal.aborted) return Err(new TokenUnavailableError('the signal was aborted before anything was sent'));
  const source = shareToken(createSource(settings.value), settings.value);
  const issued = await acquireWithin(source, { signal, isProbe: false }, settings.value);
  if (issued.isErr()) return issued;
  const { ageMs = 0, scopes = [], ...parts } = issued.value;
  return Ok(new AccessToken({ ...parts, scopes, issuedAt: issuedAt - ageMs, generation: 1 }));
}
