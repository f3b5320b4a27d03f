import { discard, layer, untilAborted } from '@bearings/client';
import type { Call, ClientFacts, Layer, Send, Stage } from '@bearings/client';
import { ConfigError, DestinationNotAllowedError } from '@bearings/client/errors';
import type { AccessToken } from './access-token.ts';
import { bearerChallenge } from './challenge.ts';
import type { TokenHandle } from './token-handle.ts';

/** Where a token goes, and whose header counts. */
export interface BearerAuthOptions {
  /** The origins the token is meant for. Default: the origin of the client's base URL. */
  readonly origins?: readonly string[];
  /** Leaves a request alone that has the header already. Such a request is not replayed. Default: false. */
  readonly respectExisting?: boolean;
}

/**
 * Puts a bearer token on every request (RFC 6750 §2.1), rotates it when the resource rejects it, and replays once.
 *
 * @throws DestinationNotAllowedError from a call to an origin the token is not for; nothing was sent
 * @throws TokenError from a call for which there is no token; nothing was sent
 */
export function withBearerAuth(token: TokenHandle, options?: BearerAuthOptions): Layer {
  return withBearerAuthHeader(token, 'authorization', options);
}

/** As {@link withBearerAuth}, in a header of another name. It is guarded like Authorization itself. */
export function withBearerAuthHeader(token: TokenHandle, headerName: string, options: BearerAuthOptions = {}): Layer {
  const header = headerName.toLowerCase();
  const name = header === 'authorization' ? 'bearer' : `bearer(${header})`;
  return layer('auth', name, bearer(token, header, options));
}

function bearer(token: TokenHandle, header: string, { origins, respectExisting = false }: BearerAuthOptions): Stage {
  return (next, client) => {
    const allowed = destinations(origins, client);
    const addresses = allowed.map((origin) => `${origin}/`);
    return async (request, call) => {
      if (respectExisting && request.headers.has(header)) return next(request, call);
      if (!addresses.some((address) => request.url.startsWith(address))) {
        throw new DestinationNotAllowedError(new URL(request.url).origin, allowed);
      }
      const access = await tokenFor(token, call);
      call.setCredential(header, access.authorization());
      const response = await next(request, call);
      if (!isRejection(response, request)) return response;
      const renewed = await rotated(token, access, { request, response, call });
      if (renewed === undefined) return response;
      call.setCredential(header, renewed.authorization());
      return replay(next, { request, response, call });
    };
  };
}

/** @throws ConfigError when the token would have no destination */
function destinations(origins: readonly string[] | undefined, { home }: ClientFacts): readonly string[] {
  if (origins === undefined && home !== undefined) return [home.origin];
  if (origins === undefined || origins.length === 0) {
    throw new ConfigError('origins', 'The token has no destination: give the client a baseUrl, or the layer origins');
  }
  return origins.map((origin) => {
    const url = URL.parse(origin);
    if (url !== null && url.origin !== 'null' && url.href === `${url.origin}/`) return url.origin;
    throw new ConfigError(
      'origins',
      `origins holds ${JSON.stringify(url?.host ?? '')}, not an origin such as https://api.example`,
    );
  });
}

/** @throws TokenError */
async function tokenFor(token: TokenHandle, { signal }: Call): Promise<AccessToken> {
  const now = token.read();
  if (now.isOk()) return now.value;
  const later = await token.get({ signal });
  if (later.isErr()) throw later.error;
  return later.value;
}

/**
 * A 401 that is about our token: it came from where the token went, and its challenge is `invalid_token` or none.
 * `insufficient_scope` and challenges for another scheme would be the same with a new token.
 */
function isRejection(response: Response, request: Request): boolean {
  if (response.status !== 401) return false;
  if (response.redirected && new URL(response.url).origin !== new URL(request.url).origin) return false;
  if (!response.headers.has('www-authenticate')) return true;
  const challenge = bearerChallenge(response.headers);
  return challenge !== undefined && (challenge.error ?? 'invalid_token') === 'invalid_token';
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly call: Call;
}

/** The token to replay with; `undefined` when there is none, or no way to send the body again. */
async function rotated(
  token: TokenHandle,
  rejected: AccessToken,
  { request, response, call }: Exchange,
): Promise<AccessToken | undefined> {
  const rotation = token.invalidate(rejected);
  if (request.body !== null && !call.repeatable) return undefined;
  try {
    const renewed = await untilAborted(rotation, call.signal);
    return renewed.isOk() && !renewed.value.isSameAs(rejected) ? renewed.value : undefined;
  } catch (cause) {
    void discard(response); // never rejects, and nobody waits for it
    throw cause;
  }
}

function replay(next: Send, { request, response, call }: Exchange): Promise<Response> {
  void discard(response); // never rejects, and nobody waits for it
  return next(request, call);
}
