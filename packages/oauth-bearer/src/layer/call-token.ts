import { orThrow } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { ConfigError } from '@bearings/client/errors';
import { methodsRule, untilAborted } from '@bearings/client/layer';
import type { Call, ClientRequest, OptionRule } from '@bearings/client/layer';
import type { Result } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import type { TokenError } from '../errors.ts';
import type { TokenHandle } from '../token/token-handle.ts';

/**
 * Chooses the token of a call, such as that of the user of an incoming request. Called for each attempt. An error is
 * thrown by the call, which is not sent.
 */
export type ChooseToken = (call: Call, request: ClientRequest) => TokenHandle | Result<TokenHandle, TokenError>;

const handleRule = methodsRule(
  'a token handle (await Token.create, and unwrap the Result)',
  'read',
  'get',
  'invalidate',
);
export const tokenRule: OptionRule = {
  test: (value) => typeof value === 'function' || handleRule.test(value),
  expected: `${handleRule.expected}, or a function that returns one`,
  isSecret: true,
};
const isHandle = (value: unknown): value is TokenHandle => handleRule.test(value);
const resultRule = methodsRule('a Result', 'isOk', 'isErr');
export const isResult = (value: unknown): value is Result<unknown, unknown> => resultRule.test(value);
const accessTokenRule = methodsRule('an AccessToken', 'authorization', 'isSameAs');
export const isAccessToken = (value: unknown): value is AccessToken => accessTokenRule.test(value);

/** @throws TokenError of the choice; ConfigError when it is no handle */
export function choose(given: ChooseToken, request: ClientRequest, call: Call): TokenHandle {
  const chosen: unknown = given(call, request);
  const handle: unknown = isResult(chosen) ? orThrow(chosen) : chosen;
  if (isHandle(handle)) return handle;
  throw new ConfigError('token', 'The function must return a token handle, or a Result of one');
}

/** The current token, if it outlives the attempt. It almost always does, and then the call does not wait. */
export function readToken(token: TokenHandle, neededForMs: number, clock: Clock): AccessToken | undefined {
  const now = token.read();
  if (now.isErr()) return undefined;
  return now.value.expiresAt - clock.now() >= neededForMs ? now.value : undefined;
}

/** @throws TokenError | ConfigError */
export async function awaitToken(token: TokenHandle, request: ClientRequest, call: Call): Promise<AccessToken> {
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
export function neededMs(request: ClientRequest, call: Call): number {
  if (call.attemptTimeoutMs === Infinity) return 0;
  const limitMs = request.canReplay ? call.attemptTimeoutMs : 2 * call.attemptTimeoutMs;
  return Math.max(0, Math.min(limitMs, call.remainingMs()));
}
