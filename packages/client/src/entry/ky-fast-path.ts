import type { KyResponse, Options, ResponsePromise } from 'ky';
import type { Call } from '../core/call.ts';
import { ClientRequest } from '../core/request.ts';
import { createStatusError } from '../core/status-error.ts';
import { defaultRetry } from '../stages/retry/retry-policy.ts';
import type { Clock } from '../time/clock.ts';
import type { CallRunner } from './call-runner.ts';
import { readErrorData } from './error-data.ts';
import { validateBySchema } from './schema.ts';
import type { SimpleCall } from './simple-call.ts';

/** What the fast path needs of its client. */
export interface FastPathContext {
  readonly runner: CallRunner;
  readonly clock: Clock;
  readonly baseUrl: Options['baseUrl'];
}

/**
 * Makes a simple call without ky, with the same result. ky takes longer than all stages together: it merges options and
 * hooks anew, and makes a Request, a controller and a retry policy that are not used here.
 */
export function runFastPath(context: FastPathContext, simple: SimpleCall): ResponsePromise {
  const { headers } = simple;
  const response = send(context, simple);
  const accept = (type: string): Promise<KyResponse> => {
    if ((headers.get('accept') ?? '') === '') headers.set('accept', type);
    return response;
  };
  return Object.assign(response, {
    async json(schema?: Parameters<ResponsePromise['json']>[0]) {
      const text = await (await accept('application/json')).text();
      if (schema === undefined) return JSON.parse(text);
      return validateBySchema(text === '' ? undefined : JSON.parse(text), schema);
    },
    text: async () => (await accept('text/*')).text(),
    formData: async () => (await accept('multipart/form-data')).formData(),
    arrayBuffer: async () => (await accept('*/*')).arrayBuffer(),
    blob: async () => (await accept('*/*')).blob(),
    bytes: async () => (await accept('*/*')).bytes(),
  });
}

/** @throws HTTPError for an error status, unless the call says otherwise */
async function send({ runner, clock, baseUrl }: FastPathContext, simple: SimpleCall): Promise<KyResponse> {
  await Promise.resolve(); // so that json() and the like can set `accept`
  const { signal, options, headers, body, throwHttpErrors } = simple;
  const request = new ClientRequest(simple);
  let call: Call | undefined;
  const response = await runner.run(request, { options, signal, onCall: (made) => void (call = made) });
  if (response.ok || !throwHttpErrors || response.type === 'opaque' || call === undefined)
    return asKyResponse(response);
  const data = await readErrorData(response, clock);
  const retry = { ...defaultRetry, limit: 0 }; // as ky has it here: the stages retry
  const known = { retry, headers, ...(baseUrl !== undefined && { baseUrl }), ...(body !== undefined && { body }) };
  throw createStatusError({ call, request, response, data, options: known });
}

/** ky's type for a response: its `json()` has the type that the caller names. */
function asKyResponse(response: Response): KyResponse;
function asKyResponse(response: Response): Response {
  return response;
}
