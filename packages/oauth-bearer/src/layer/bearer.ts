import {
  assertOption,
  booleanRule,
  checkOptions,
  discard,
  headerNameRule,
  layer,
  listRule,
  methodsRule,
  slots,
  stringRule,
  untilAborted,
} from '@bearings/client/layer';
import type { Clock, Layer } from '@bearings/client';
import type { Call, ClientRequest, ClientContext, LayerLabel, OptionRules, Stage } from '@bearings/client/layer';
import { ConfigError, DestinationNotAllowedError } from '@bearings/client/errors';
import type { Result } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import type { TokenHandle } from '../token/token-handle.ts';
import { parseBearerChallenge } from './challenge.ts';
import { createIsRejection } from './rejection.ts';
import type { RejectedBy } from './rejection.ts';

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
  assertOption('token', token, tokenRule);
  assertOption('headerName', headerName, headerNameRule);
  checkOptions(options, rules, { owner: 'A bearer layer' });
  const header = headerName.toLowerCase();
  const name = header === 'authorization' ? 'bearer' : `bearer(${header})`;
  return layer('auth', { name, settings: { header, ...shown(options) } }, bearer(token, header, options));
}

const tokenRule = {
  ...methodsRule('a token handle (await Token.create, and unwrap the Result)', 'read', 'get', 'invalidate'),
  isSecret: true,
};
const rules: OptionRules<BearerAuthOptions> = {
  origins: listRule(stringRule),
  respectExisting: booleanRule,
  prefix: stringRule,
  rejectedBy: {
    test: (value) => typeof value === 'function' || (Array.isArray(value) && value.every(isErrorStatus)),
    expected: 'a list of statuses from 400 to 599, or a function of the response',
  },
};
const isErrorStatus = (value: unknown): boolean => typeof value === 'number' && value >= 400 && value <= 599;

const shown = ({ origins, prefix, respectExisting = false }: BearerAuthOptions): LayerLabel['settings'] => ({
  origins: origins ?? "the client's",
  respectExisting,
  ...(prefix !== undefined && { prefix }),
});

function bearer(token: TokenHandle, header: string, options: BearerAuthOptions): Stage {
  const write = headerWriter(options);
  const isRejection = createIsRejection(options.rejectedBy);
  return (next, client) => {
    const { slot, clock } = client;
    if (slot !== 'auth') throw wrongSlot(slot);
    const allowed = allowedOrigins(options.origins, client);
    const addresses = allowed.map((origin) => `${origin}/`);
    const replayed = new WeakSet<Call>(); // a call is replayed once, however often it is retried
    /** A function of its own, because almost no token is rejected. */
    async function rejected(access: AccessToken, exchange: Exchange): Promise<Response> {
      const { request, response, call } = exchange;
      if (replayed.has(call)) {
        void invalidate(token, access, response); // never rejects, and the next caller waits for it
        return response;
      }
      const renewed = await rotate(token, access, exchange);
      if (renewed === undefined) return response;
      replayed.add(call);
      call.headers.setCredential(header, write(renewed));
      void discard(response, clock); // never rejects
      return next(request, call);
    }

    return async (request, call) => {
      if (options.respectExisting && request.hasHeader(header)) {
        call.headers.markCredential(header);
        return next(request, call);
      }
      if (!isAllowedOrigin(request.url, addresses)) {
        throw notAllowed(request, allowed);
      }
      const access = readToken(token, neededMs(request, call), clock) ?? (await awaitToken(token, request, call));
      call.headers.setCredential(header, write(access));
      const response = await next(request, call);
      // a redirect may have dropped the token
      const isOurs = !response.ok && call.headers.has(header) && isRejection(response, access);
      return isOurs ? rejected(access, { request, response, call, clock }) : response;
    };
  };
}

/** @throws ConfigError for a prefix that is not one word */
function headerWriter({ prefix }: BearerAuthOptions): (access: AccessToken) => string {
  if (prefix === undefined) return (access) => access.authorization();
  if (typeof prefix !== 'string' || !/^[\x21-\x7e]*$/.test(prefix)) {
    throw new ConfigError('prefix', "prefix must be one word, such as 'Token', or ''");
  }
  return ({ secret }) => (prefix === '' ? secret.expose() : `${prefix} ${secret.expose()}`);
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

/** The current token, if it outlives the attempt. It almost always does, and then the call does not wait. */
function readToken(token: TokenHandle, neededForMs: number, clock: Clock): AccessToken | undefined {
  const now = token.read();
  if (now.isErr()) return undefined;
  return now.value.expiresAt - clock.now() >= neededForMs ? now.value : undefined;
}

/** @throws TokenError | ConfigError */
async function awaitToken(token: TokenHandle, request: ClientRequest, call: Call): Promise<AccessToken> {
  call.phase = 'token';
  const { signal } = call;
  const asked = token.get({ signal, minValidityMs: neededMs(request, call) });
  const answer: unknown = await untilAborted(Promise.resolve(asked), signal);
  if (isResult(answer) && answer.isErr()) throw answer.error;
  if (isResult(answer) && answer.isOk() && isAccessToken(answer.value)) return answer.value;
  throw new ConfigError('token', 'get() of the token handle must answer with a Result that holds an AccessToken');
}

/**
 * The time limit of an attempt, twice that for a body that cannot be sent again after a 401; or what is left of the call
 * when that is less.
 */
function neededMs(request: ClientRequest, call: Call): number {
  if (call.attemptTimeoutMs === Infinity) return 0;
  const limitMs = request.canReplay ? call.attemptTimeoutMs : 2 * call.attemptTimeoutMs;
  return Math.max(0, Math.min(limitMs, call.remainingMs()));
}

interface Exchange {
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
    const { claims } = parseBearerChallenge(headers) ?? {};
    const answer: unknown = await token.invalidate(rejected, { claims });
    return isResult(answer) && answer.isOk() && isAccessToken(answer.value) ? answer.value : undefined;
  } catch {
    return undefined; // the caller gets the 401
  }
}

const resultRule = methodsRule('a Result', 'isOk', 'isErr');
const isResult = (value: unknown): value is Result<unknown, unknown> => resultRule.test(value);
const accessTokenRule = methodsRule('an AccessToken', 'authorization', 'isSameAs');
const isAccessToken = (value: unknown): value is AccessToken => accessTokenRule.test(value);

/** The token to replay with; `undefined` without one, or when the body cannot be sent again. */
async function rotate(
  token: TokenHandle,
  rejected: AccessToken,
  { request, response, call, clock }: Exchange,
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
