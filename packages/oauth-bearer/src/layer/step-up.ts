import { checkOptions, discard, functionRule, listRule, stringRule } from '@bearings/client/layer';
import type { Call, ClientRequest, OptionRules, Stage } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import { ConfigError } from '@bearings/client/errors';
import type { Result } from 'ts-results';
import { StepUpRequiredError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { TokenHandle } from '../token/token-handle.ts';
import { choose } from './call-token.ts';
import type { ChooseToken } from './call-token.ts';
import { parseOwnChallenge } from './challenge.ts';

/** Which further scopes a call may get when a resource demands them (RFC 6750 §3.1, `insufficient_scope`). */
export interface StepUpOptions {
  /** The scopes that may be added. A demand for another one fails the call. */
  readonly allow: readonly string[];
  /** The token with these scopes, which are those held and those demanded: `(scopes) => pool.for({ scopes })`. */
  readonly token: (scopes: readonly string[]) => TokenHandle | Result<TokenHandle, TokenError>;
}

/** What a step-up is made of. */
export interface StepUpParts {
  readonly options: StepUpOptions;
  /** The token of a call, as it is without a step-up. */
  readonly token: TokenHandle | ChooseToken;
  /** The stage that authenticates with that token. */
  readonly plain: Stage;
  /** Makes the stage that authenticates with another one. */
  readonly authenticate: (token: ChooseToken) => Stage;
}

/** @throws ConfigError when an option is missing or wrong */
export function checkStepUp(options: StepUpOptions): void {
  checkOptions(options, stepUpRules, { owner: 'A bearer layer', within: 'stepUp' });
  if (options.allow === undefined || options.token === undefined)
    throw new ConfigError('stepUp', 'stepUp needs allow, a list of scopes, and token, a function of the scopes');
}

const stepUpRules: OptionRules<StepUpOptions> = { allow: listRule(stringRule), token: functionRule };

/**
 * Answers a demand for more scopes with one further token, once a call: a resource that demands again has its response passed on.
 *
 * @throws StepUpRequiredError for scopes that are not allowed, and for a demand that only the user can meet (RFC 9470)
 */
export function stepUp({ options, token, plain, authenticate }: StepUpParts): Stage {
  return (next, client) => {
    const handles = new WeakMap<Call, TokenHandle>();
    const send = plain(next, client);
    const raised = authenticate((call) => handles.get(call.root) ?? missing())(next, client);
    return async (request, call) => {
      if (handles.has(call.root)) return raised(request, call);
      const response = await send(request, call);
      const scopes = response.ok
        ? undefined
        : findDemand(response, { request, call, token, options, clock: client.clock });
      if (scopes === undefined || !request.canReplay) return response;
      void discard(response, client.clock); // never rejects
      handles.set(
        call.root,
        choose(() => options.token(scopes), request, call),
      );
      return raised(request, call);
    };
  };
}

interface Demand extends Pick<StepUpParts, 'options' | 'token'> {
  readonly request: ClientRequest;
  readonly call: Call;
  readonly clock: Clock;
}

/**
 * The scopes of the next token; `undefined` when the response demands none, or the token has them.
 *
 * @throws StepUpRequiredError
 */
function findDemand(response: Response, demand: Demand): readonly string[] | undefined {
  const { request, call, token, options, clock } = demand;
  if (response.status !== 401 && response.status !== 403) return undefined;
  const challenge = parseOwnChallenge(response.headers, { isDpop: call.sendSigned !== undefined });
  if (challenge?.error === 'insufficient_user_authentication') {
    const { acrValues, maxAgeS } = challenge;
    void discard(response, clock); // never rejects
    throw new StepUpRequiredError({ origin: new URL(request.url).origin, missingScopes: [], acrValues, maxAgeS });
  }
  if (challenge?.error !== 'insufficient_scope') return undefined;
  const handle = typeof token === 'function' ? choose(token, request, call) : token;
  const held = handle.status().scopes;
  const missingScopes = challenge.scopes.filter((scope) => !held.includes(scope));
  if (missingScopes.length === 0) return undefined;
  if (missingScopes.every((scope) => options.allow.includes(scope))) return [...held, ...missingScopes];
  void discard(response, clock);
  throw new StepUpRequiredError({ origin: new URL(request.url).origin, missingScopes });
}

/** A call is raised only after its token was set. */
function missing(): never {
  throw new TypeError('the token of the step-up is missing');
}
