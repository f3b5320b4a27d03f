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
import { parseBearerChallenge, hasChallenge } from './challenge.ts';
import type { TokenHandle } from '../token/token-handle.ts';

/** Which requests get the token. */
export interface BearerAuthOptions {
  /** The origins the token is meant for. Default: the origin of the client's base URL. */
  readonly origins?: readonly string[];
  /** The word before the token, such as `Token`; `''` writes the token as it is. Default: `Bearer`. */
  readonly prefix?: string;
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
};

const shown = ({ origins, prefix, respectExisting = false }: BearerAuthOptions): LayerLabel['settings'] => ({
  origins: origins ?? "the client's",
  respectExisting,
  ...(prefix !== undefined && { prefix }),
});

function bearer(token: TokenHandle, header: string, options: BearerAuthOptions): Stage {
  const { origins, respectExisting = false } = options;
  const write = headerWriter(options);
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
        void invalidate(token, access); // never rejects, and the next caller waits for it
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
      call.headers.setCredential(header, write(access));
      const response = await next(request, call);
      // a redirect may have dropped the token
      const isOurs = response.status === 401 && call.headers.has(header) && isRejection(response, access);
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

/**
 * The token to use instead; `undefined` when there is none, or the handle breaks its contract: it may be the user's own.
 *
 * Never rejects.
 */
async function invalidate(token: TokenHandle, rejected: AccessToken): Promise<AccessToken | undefined> {
  try {
    const answer: unknown = await token.invalidate(rejected);
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
  const rotation = invalidate(token, rejected);
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
