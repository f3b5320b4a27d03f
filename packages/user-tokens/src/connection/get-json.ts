import { createClient, profiles } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { Token, TokenUnavailableError, withBearerAuth } from '@bearings/oauth-bearer';
import type { IssuedToken } from '@bearings/oauth-bearer';
import { InvalidTokenResponseError } from '@bearings/oauth-bearer/source';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Clock } from '@bearings/client';
import type { ConnectionNetwork } from './connection-network.ts';

/** How the document is requested. */
export interface JsonRequest extends Omit<ConnectionNetwork, 'requestTimeoutMs'> {
  readonly insecureHttp: boolean;
  /** Sent to the origin of the URL only. Default: none. */
  readonly issued?: IssuedToken | undefined;
}

type Failure = InvalidTokenResponseError | TokenUnavailableError;

/** The JSON document at a URL, with the limits and retries of a token endpoint. Errors do not quote it. */
export async function getJson(url: string, request: JsonRequest): Promise<Result<unknown, Failure>> {
  const { fetch, network, clock, random, insecureHttp, issued } = request;
  const { origin = 'an invalid URL' } = URL.parse(url) ?? {};
  try {
    await using token = issued === undefined ? undefined : await toHandle(issued, clock);
    const auth = token === undefined ? [] : [withBearerAuth(token, { origins: [origin] })];
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

/** A token that is used at once, and signed for when it is bound to a key. */
async function toHandle(issued: IssuedToken, clock: Clock): Promise<Token> {
  const source = { acquire: async () => Ok({ ...issued, lifetimeMs: Infinity }) };
  return (await Token.from(source, { clock })).unwrap();
}

/** V8's own error would quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
