import { createClient, profiles } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { staticToken, TokenUnavailableError, withBearerAuth } from '@bearings/oauth-bearer';
import { InvalidTokenResponseError } from '@bearings/oauth-bearer/source';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { ConnectionNetwork } from './connection-network.ts';

/** How the document is requested. */
export interface JsonRequest extends Omit<ConnectionNetwork, 'requestTimeoutMs'> {
  readonly insecureHttp: boolean;
  /** Sent to the origin of the URL only. Default: none. */
  readonly accessToken?: string | undefined;
}

type Failure = InvalidTokenResponseError | TokenUnavailableError;

/** The JSON document at a URL, with the limits and retries of a token endpoint. Errors do not quote it. */
export async function getJson(url: string, request: JsonRequest): Promise<Result<unknown, Failure>> {
  const { fetch, network, clock, random, insecureHttp, accessToken } = request;
  const { origin = 'an invalid URL' } = URL.parse(url) ?? {};
  const auth = accessToken === undefined ? [] : [withBearerAuth(staticToken(accessToken), { origins: [origin] })];
  try {
    await using client = createClient(
      {
        ...profiles.tokenEndpoint,
        ...(fetch && { fetch }),
        clock,
        random,
        insecureHttp,
      },
      [...auth, ...(network === undefined ? [] : [network])],
    );
    const response = await client.fetch(url, { headers: { accept: 'application/json' } });
    const text = await response.text();
    if (!response.ok) return Err(new InvalidTokenResponseError(`${origin} answered ${response.status}`));
    const value = parse(text);
    return value === undefined
      ? Err(new InvalidTokenResponseError(`The response of ${origin} is not JSON`))
      : Ok(value);
  } catch (cause) {
    const known = isBearingsError(cause) ? cause : undefined;
    return Err(new TokenUnavailableError(known?.message ?? `The response of ${origin} broke off`, { cause: known }));
  }
}

/** V8's own error would quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
