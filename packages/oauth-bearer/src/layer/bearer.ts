import { discard, layer, slots, untilAborted } from '@bearings/client/layer';
import type { Clock, Layer } from '@bearings/client';
import type { Call, ClientRequest, ClientContext, LayerLabel, Stage } from '@bearings/client/layer';
import { ConfigError, DestinationNotAllowedError } from '@bearings/client/errors';
import type { AccessToken } from '../access-token.ts';
import { parseBearerChallenge, hasChallenge } from './challenge.ts';
import type { TokenHandle } from '../token/token-handle.ts';

/** Which requests get the token. */
export interface BearerAuthOptions {
  /** The origins the token is meant for. Default: the origin of the client's base URL. */
  readonly origins?: readonly string[];
  /** Keeps the header of a request that has one already. Such a request is not replayed. Default: false. */
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

/** Like {@link withBearerAuth}, in a header of another name, which is protected like Authorization. */
export function withBearerAuthHeader(token: TokenHandle, headerName: string, options: BearerAuthOptions = {}): Layer {
  const header = headerName.toLowerCase();
  const name = header === 'authorization' ? 'bearer' : `bearer(${header})`;
  return layer('auth', { name, settings: { header, ...shown(options) } }, bearer(token, header, options));
}

const shown = ({ origins, respectExisting = false }: BearerAuthOptions): LayerLabel['settings'] => ({
  origins: origins ?? "the client's",
  respectExisting,
});

function bearer(token: TokenHandle, header: string, { origins, respectExisting = false }: BearerAuthOptions): Stage {
  return (next, client) => {
    if (client.slot !== 'auth') throw wrongSlot(client.slot);
    const allowed = allowedOrigins(origins, client);
    const addresses = allowed.map((origin) => `${origin}/`);
    const { clock } = client;
    const replayed = new WeakSet<Call>(); // a call is replayed once, however often it is retried
    /** A function of its own, because almost no token is rejected. */
    async function rejected(access: AccessToken, exchange: Exchange): Promise<Response> {
      const { request, response, call } = exchange;
      if (replayed.has(call)) {
        void token.invalidate(access); // answers, never throws; the next call waits for it
        return response;
      }
      const renewed = await rotate(token, access, exchange);
      if (renewed === undefined) return response;
      replayed.add(call);
      call.headers.setCredential(header, renewed.authorization());
      void discard(response, clock); // never rejects
      return next(request, call);
    }

    return async (request, call) => {
      if (respectExisting && request.hasHeader(header)) {
        call.headers.markCredential(header);
        return next(request, call);
      }
      if (!isAllowedOrigin(request.url, addresses)) {
        throw new DestinationNotAllowedError(
          new URL(request.url).origin,
          `the credential is for ${allowed.join(', ')}`,
        );
      }
      const access = readToken(token, neededMs(request, call), clock) ?? (await awaitToken(token, request, call));
      call.headers.setCredential(header, access.authorization());
      const response = await next(request, call);
      // a redirect may have dropped the token
      const isOurs = response.status === 401 && call.headers.has(header) && isRejection(response, access);
      return isOurs ? rejected(access, { request, response, call, clock }) : response;
    };
  };
}

function isAllowedOrigin(url: string, addresses: readonly string[]): boolean {
  for (const address of addresses) if (url.startsWith(address)) return true;
  return false;
}

/** Outside `retry` an attempt would use an old token; inside `timeout` the wait for a token would use up its time. */
function wrongSlot(slot: string): ConfigError {
  return new ConfigError(
    'slot',
    `A bearer layer belongs in the slot auth, not ${slot}. The order is ${slots.join(' → ')}`,
  );
}

/** @throws ConfigError when the token would have no destination */
function allowedOrigins(origins: readonly string[] | undefined, { baseUrl: home }: ClientContext): readonly string[] {
  if (origins === undefined && home !== undefined) return [home.origin];
  if (origins === undefined || origins.length === 0) {
    throw new ConfigError(
      'origins',
      'The token has no destination: set baseUrl on the client, or origins on the layer',
    );
  }
  return origins.map((origin) => {
    const url = URL.parse(origin);
    if (url !== null && url.origin !== 'null' && url.href === `${url.origin}/`) return url.origin;
    throw new ConfigError(
      'origins',
      `origins contains ${JSON.stringify(url?.host ?? '')}, not an origin such as https://api.example`,
    );
  });
}

/** The current token, if it outlives the attempt. It almost always does, and then the call does not wait. */
function readToken(token: TokenHandle, neededForMs: number, clock: Clock): AccessToken | undefined {
  const now = token.read();
  if (now.isErr()) return undefined;
  return now.value.expiresAt - clock.now() >= neededForMs ? now.value : undefined;
}

/** @throws TokenError */
async function awaitToken(token: TokenHandle, request: ClientRequest, call: Call): Promise<AccessToken> {
  call.phase = 'token';
  const answer = await token.get({ signal: call.signal, minValidityMs: neededMs(request, call) });
  if (answer.isErr()) throw answer.error;
  return answer.value;
}

/** The time limit of an attempt; twice that for a body that cannot be sent again after a 401. */
function neededMs(request: ClientRequest, call: Call): number {
  const attemptMs = call.attemptTimeoutMs === Infinity ? 0 : call.attemptTimeoutMs;
  return request.canReplay ? attemptMs : 2 * attemptMs;
}

/**
 * A 401 that is about our token: its challenge is `invalid_token` or none. `insufficient_scope` and challenges for
 * another scheme would be the same with a new token. For passwords and keys every 401 counts: they have no error codes.
 */
function isRejection(response: Response, { scheme }: AccessToken): boolean {
  if (scheme !== 'Bearer' || !hasChallenge(response.headers)) return true;
  const challenge = parseBearerChallenge(response.headers);
  return challenge !== undefined && (challenge.error ?? 'invalid_token') === 'invalid_token';
}

interface Exchange {
  readonly request: ClientRequest;
  readonly response: Response;
  readonly call: Call;
  readonly clock: Clock;
}

/** The token to replay with; `undefined` without one, or when the body cannot be sent again. */
async function rotate(
  token: TokenHandle,
  rejected: AccessToken,
  { request, response, call, clock }: Exchange,
): Promise<AccessToken | undefined> {
  const rotation = token.invalidate(rejected);
  if (!request.canReplay) return undefined;
  call.phase = 'token';
  try {
    const renewed = await untilAborted(rotation, call.signal);
    return renewed.isOk() && !renewed.value.isSameAs(rejected) ? renewed.value : undefined;
  } catch (cause) {
    void discard(response, clock); // never rejects
    throw cause;
  }
}
