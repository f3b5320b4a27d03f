import { replaceOption } from 'ky';
import type { KyResponse, Options, ResponsePromise } from 'ky';
import type { Call } from '../core/call.ts';
import type { Desk } from './call-runner.ts';
import { lightPayload } from '../body/light-payload.ts';
import type { OrdinaryCall } from './simple-call.ts';
import type { Answered } from './ky-bridge.ts';
import type { Payload } from '../body/request-body.ts';

/** What the short way leads to, and where it joins ky's. */
export interface ShortWay {
  readonly desk: Desk;
  /** Whether all layers take a light request. */
  readonly isLight: boolean;
  readonly byKy: (url: string, options: Options, answered: Answered) => ResponsePromise;
}

/**
 * Makes an ordinary call without ky, which takes longer for it than all stages together: it merges options and hooks
 * anew, and makes a Request, a controller and a retry policy that nobody uses here.
 *
 * ky is asked where there is more to do with the answer: to make an error of a status, or to check it by a schema.
 */
export function shortWay(way: ShortWay, ordinary: OrdinaryCall): ResponsePromise {
  const { headers } = ordinary;
  let call: Call | undefined;
  const byKy = (response: Response): ResponsePromise => {
    const { url, method, body, throwHttpErrors } = ordinary;
    const sent = replaceOption(Object.fromEntries(headers)); // the client's are among them
    const options: Options = { method, headers: sent, throwHttpErrors, ...(body !== undefined && { body }) };
    return way.byKy(url, options, { response, call });
  };
  const send = async (): Promise<KyResponse> => {
    await Promise.resolve(); // so that json() and the like can say what they accept
    const { signal, options } = ordinary;
    const onCall = (begun: Call): void => void (call = begun);
    const response = await way.desk.call(payloadOf(ordinary, way.isLight), { options, signal, onCall });
    return response.ok || !ordinary.throwHttpErrors || response.type === 'opaque' ? typed(response) : byKy(response);
  };
  const answer = send();
  const accepting = (type: string): Promise<KyResponse> => {
    if ((headers.get('accept') ?? '') === '') headers.set('accept', type);
    return answer;
  };
  return Object.assign(answer, {
    async json(schema?: Parameters<ResponsePromise['json']>[0]) {
      const response = await accepting('application/json');
      return schema === undefined ? JSON.parse(await response.text()) : byKy(response).json(schema);
    },
    text: async () => (await accepting('text/*')).text(),
    formData: async () => (await accepting('multipart/form-data')).formData(),
    arrayBuffer: async () => (await accepting('*/*')).arrayBuffer(),
    blob: async () => (await accepting('*/*')).blob(),
    bytes: async () => (await accepting('*/*')).bytes(),
  });
}

function payloadOf({ url, method, headers, body }: OrdinaryCall, isLight: boolean): Payload {
  const light = isLight ? lightPayload({ url, method, headers, body }) : undefined;
  if (light !== undefined) return light;
  return { request: new Request(url, { method, headers, body: body ?? null }), source: body, repeatable: true };
}

/** ky's name for a response: one whose `json()` is of the type that its caller says. */
function typed(response: Response): KyResponse;
function typed(response: Response): Response {
  return response;
}
