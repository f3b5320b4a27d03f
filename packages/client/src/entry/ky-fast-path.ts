import type { KyResponse, Options, ResponsePromise } from 'ky';
import { parseJson } from '../body/parse-json.ts';
import type { Call } from '../core/call.ts';
import { ClientRequest } from '../core/request.ts';
import { createStatusError } from '../core/status-error.ts';
import { DeadlineExceededError } from '../errors/index.ts';
import { resolveRetryPolicy } from '../stages/retry/retry-policy.ts';
import type { RetryPolicy } from '../stages/retry/retry-policy.ts';
import type { Clock } from '../time/clock.ts';
import type { CallRunner } from './call-runner.ts';
import { raceDeadline } from './deadline.ts';
import { errorBodyLimitMs, readErrorData } from './error-data.ts';
import { validateBySchema } from './schema.ts';
import type { SimpleCall } from './simple-call.ts';

/** What the fast path needs of its client. */
export interface FastPathContext {
  readonly runner: CallRunner;
  readonly clock: Clock;
  readonly baseUrl: Options['baseUrl'];
  /** The client's retry policy. */
  readonly retry: RetryPolicy;
}

/**
 * Makes a simple call without ky, with the same result. ky takes longer than all stages together: it merges options and
 * hooks anew, and makes a Request, a controller and a retry policy that are not used here.
 *
 * @throws ConfigError at once for wrong retry options, as ky throws
 */
export function runFastPath(context: FastPathContext, simple: SimpleCall): ResponsePromise {
  const { headers, options } = simple;
  const { clock } = context;
  if (options.retry !== undefined) resolveRetryPolicy(context.retry, options.retry);
  const sent: Sent = { call: undefined };
  const response = send(context, simple, sent);
  const accept = (type: string): Promise<KyResponse> => {
    if ((headers.get('accept') ?? '') === '') headers.set('accept', type);
    return response;
  };
  return Object.assign(response, {
    async json(schema?: Parameters<ResponsePromise['json']>[0]) {
      const text = await (await accept('application/json')).text();
      if (schema === undefined) return parseJson(text);
      const value = text === '' ? undefined : parseJson(text);
      const validate = (): Promise<unknown> => validateBySchema(value, schema);
      return sent.call === undefined ? validate() : raceDeadline(validate, sent.call, { request: simple, clock });
    },
    text: async () => (await accept('text/*')).text(),
    formData: async () => (await accept('multipart/form-data')).formData(),
    arrayBuffer: async () => (await accept('*/*')).arrayBuffer(),
    blob: async () => (await accept('*/*')).blob(),
    bytes: async () => (await accept('*/*')).bytes(),
  });
}

/** The call, once it is sent. */
interface Sent {
  call: Call | undefined;
}

/** @throws HTTPError for an error status, unless the call says otherwise */
async function send(context: FastPathContext, simple: SimpleCall, sent: Sent): Promise<KyResponse> {
  await Promise.resolve(); // so that json() and the like can set `accept`
  const { signal, options, headers, body, throwHttpErrors } = simple;
  const request = new ClientRequest(simple);
  const response = await context.runner.run(request, { options, signal, onCall: (call) => void (sent.call = call) });
  const { call } = sent;
  if (response.ok || !throwHttpErrors || response.type === 'opaque' || call === undefined)
    return asKyResponse(response);
  const { clock, baseUrl } = context;
  const data = await readErrorData(response, { clock, limitMs: errorBodyLimitMs(call.attemptTimeoutMs) });
  if (call.cancelReason instanceof DeadlineExceededError) throw call.cancelReason;
  const retry = { ...resolveRetryPolicy(context.retry, options.retry) };
  const known = { retry, headers, ...(baseUrl !== undefined && { baseUrl }), ...(body !== undefined && { body }) };
  throw createStatusError({ call, request, response, data, options: known });
}

/** ky's type for a response: its `json()` has the type that the caller names. */
function asKyResponse(response: Response): KyResponse;
function asKyResponse(response: Response): Response {
  return response;
}
