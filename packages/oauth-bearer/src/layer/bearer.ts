import {
  assertOption,
  booleanRule,
  checkOptions,
  discard,
  headerNameRule,
  layer,
  listRule,
  objectRule,
  slots,
  stringRule,
  untilAborted,
} from '@bearings/client/layer';
import type { Clock, Layer } from '@bearings/client';
import type { Call, ClientRequest, ClientContext, LayerLabel, OptionRules, Stage } from '@bearings/client/layer';
import { ConfigError, DestinationNotAllowedError } from '@bearings/client/errors';
import type { AccessToken } from '../access-token.ts';
import type { TokenHandle } from '../token/token-handle.ts';
import { awaitToken, choose, isAccessToken, isResult, neededMs, readToken, tokenRule } from './call-token.ts';
import type { ChooseToken } from './call-token.ts';
import { parseOwnChallenge } from './challenge.ts';
import { credentialWriter } from './credential-writer.ts';
import { createIsRejection } from './rejection.ts';
import type { RejectedBy } from './rejection.ts';
import { Replays } from './replays.ts';
import { checkStepUp, stepUp } from './step-up.ts';
import type { StepUpOptions } from './step-up.ts';

/** Which requests get the token. */
export interface BearerAuthOptions {
  /** The origins the token is meant for. Default: the origin of the client's base URL. */
  readonly origins?: readonly string[];
  /** The word before the token, such as `Token`; `''` writes the token as it is. Default: `Bearer`. */
  readonly prefix?: string;
  /** Keeps the header of a request that has one already. Such a request is not replayed. Default: false. */
  readonly respectExisting?: boolean;
  /**
   * Responses that mean "the token is rejected" besides a 401: a list of statuses, or a function of the response. For APIs
   * that answer 403 to an expired token. Default: none.
   */
  readonly rejectedBy?: RejectedBy;
  /**
   * Which further scopes a call may get when the resource demands them. Default: none, so that the caller gets the 403.
   */
  readonly stepUp?: StepUpOptions;
}

/**
 * Puts a bearer token on every request (RFC 6750 §2.1), rotates it when the resource rejects it, and replays once;
 * twice when the token of the replay was requested before the first 401. A token that is bound to a key goes out as
 * `Authorization: DPoP`, and each request is signed with that key (RFC 9449 §7).
 *
 * @throws DestinationNotAllowedError from a call to an origin the token is not for; nothing was sent
 * @throws TokenError from a call for which there is no token; nothing was sent. With `stepUp`, also when a resource demands more
 *   than that allows
 */
export function withBearerAuth(token: TokenHandle | ChooseToken, options?: BearerAuthOptions): Layer {
  return withBearerAuthHeader(token, 'authorization', options);
}

/** Like {@link withBearerAuth}, in a header of another name, which is protected like Authorization. */
export function withBearerAuthHeader(
  token: TokenHandle | ChooseToken,
  headerName: string,
  options: BearerAuthOptions = {},
): Layer {
  assertOption('token', token, tokenRule);
  assertOption('headerName', headerName, headerNameRule);
  checkOptions(options, rules, { owner: 'A bearer layer' });
  const header = headerName.toLowerCase();
  const name = header === 'authorization' ? 'bearer' : `bearer(${header})`;
  const plain = bearer(token, header, options);
  const settings = { header, ...shown(options) };
  if (options.stepUp === undefined) return layer('auth', { name, settings }, plain);
  checkStepUp(options.stepUp);
  const authenticate = (raised: ChooseToken): Stage => bearer(raised, header, options);
  return layer('auth', { name, settings }, stepUp({ options: options.stepUp, token, plain, authenticate }));
}

const rules: OptionRules<BearerAuthOptions> = {
  origins: listRule(stringRule),
  respectExisting: booleanRule,
  prefix: stringRule,
  stepUp: objectRule,
  rejectedBy: {
    test: (value) => typeof value === 'function' || (Array.isArray(value) && value.every(isErrorStatus)),
    expected: 'a list of statuses from 400 to 599, or a function of the response',
  },
};
const isErrorStatus = (value: unknown): boolean => typeof value === 'number' && value >= 400 && value <= 599;

const shown = ({
  origins,
  prefix,
  respectExisting = false,
  stepUp: stepUpOptions,
}: BearerAuthOptions): LayerLabel['settings'] => ({
  origins: origins ?? "the client's",
  respectExisting,
  ...(prefix !== undefined && { prefix }),
  ...(stepUpOptions !== undefined && { stepUp: stepUpOptions.allow }),
});

function bearer(given: TokenHandle | ChooseToken, header: string, options: BearerAuthOptions): Stage {
  const put = credentialWriter(header, options);
  const isRejection = createIsRejection(options.rejectedBy);
  return (next, client) => {
    const { slot, clock } = client;
    if (slot !== 'auth') throw wrongSlot(slot);
    const allowed = allowedOrigins(options.origins, client);
    const addresses = allowed.map((origin) => `${origin}/`);
    const replays = new Replays();
    /** A function of its own, because almost no token is rejected. */
    async function rejected(access: AccessToken, exchange: Exchange): Promise<Response> {
      const { token, request, response, call } = exchange;
      const rejectedAt = clock.now();
      if (!replays.allow(call, access)) {
        void invalidate(token, access, response); // never rejects, and the next caller waits for it
        return response;
      }
      const renewed = await rotate(access, exchange);
      if (renewed === undefined) return response;
      replays.add(call, rejectedAt);
      put(call, renewed, client);
      void discard(response, clock); // never rejects
      const replay = await next(request, call);
      const isRejected = !replay.ok && call.headers.has(header) && isRejection(replay, renewed);
      return isRejected && replays.allow(call, renewed) ? rejected(renewed, { ...exchange, response: replay }) : replay;
    }

    return async (request, call) => {
      if (options.respectExisting && request.hasHeader(header)) {
        call.headers.markCredential(header);
        return next(request, call);
      }
      if (!isAllowedOrigin(request.url, addresses)) throw notAllowed(request, allowed);
      const token = typeof given === 'function' ? choose(given, request, call) : given;
      const access = readToken(token, neededMs(request, call), clock) ?? (await awaitToken(token, request, call));
      put(call, access, client);
      const response = await next(request, call);
      // a redirect may have dropped the token
      const isOurs = !response.ok && call.headers.has(header) && isRejection(response, access);
      return isOurs ? rejected(access, { token, request, response, call, clock }) : response;
    };
  };
}

function isAllowedOrigin(url: string, addresses: readonly string[]): boolean {
  for (const address of addresses) if (url.startsWith(address)) return true;
  return false;
}

function notAllowed(request: ClientRequest, allowed: readonly string[]): DestinationNotAllowedError {
  return new DestinationNotAllowedError(request, `the credential is for ${allowed.join(', ')}`);
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

interface Exchange {
  readonly token: TokenHandle;
  readonly request: ClientRequest;
  readonly response: Response;
  readonly call: Call;
  readonly clock: Clock;
}

/**
 * The token to use instead; `undefined` when there is none, or the handle breaks its contract: it may be the user's own.
 *
 * Never rejects.
 */
async function invalidate(
  token: TokenHandle,
  rejected: AccessToken,
  { headers }: Response,
): Promise<AccessToken | undefined> {
  try {
    const { claims, error } = parseOwnChallenge(headers, { isDpop: rejected.scheme === 'DPoP' }) ?? {};
    const answer: unknown = await token.invalidate(rejected, { claims, error });
    return isResult(answer) && answer.isOk() && isAccessToken(answer.value) ? answer.value : undefined;
  } catch {
    return undefined; // the caller gets the 401
  }
}

/** The token to replay with; `undefined` without one, or when the body cannot be sent again. */
async function rotate(
  rejected: AccessToken,
  { token, request, response, call, clock }: Exchange,
): Promise<AccessToken | undefined> {
  const rotation = invalidate(token, rejected, response);
  if (!request.canReplay) return undefined;
  call.phase = 'token';
  try {
    const renewed = await untilAborted(rotation, call.signal);
    return renewed === undefined || renewed.isSameAs(rejected) ? undefined : renewed;
  } catch (cause) {
    void discard(response, clock); // never rejects
    throw cause;
  }
}
