import { isReplayable, peekBody } from '../body/request-body.ts';
import { ClientRequest } from '../core/request.ts';
import type { FetchOptions } from '../core/request.ts';
import type { Clock } from '../time/clock.ts';

/** What is known of a platform's Request besides itself. */
export interface PlatformRequestContext {
  /** The body that was given beside the Request, if any, as `snapshotBody` returns it. */
  readonly body: RequestInit['body'];
  /** Options for `fetch` that a Request does not keep, such as `dispatcher`. */
  readonly fetchOptions: FetchOptions | undefined;
  readonly clock: Clock;
}

/** Makes our request of the platform's, with a body that can be sent again where possible. */
export async function fromPlatformRequest(
  request: Request,
  { body: given, fetchOptions: others, clock }: PlatformRequestContext,
): Promise<ClientRequest> {
  const { url, method, headers, body } = request;
  const options = { ...readFetchOptions(request), ...others };
  const fetchOptions = Object.keys(options).length > 0 ? options : undefined;
  const parts = { url, method, headers, fetchOptions };
  if (body === null) return new ClientRequest(parts, request);
  if (given === undefined || given === null) return new ClientRequest({ ...parts, body: await peekBody(body, clock) });
  return new ClientRequest({ ...parts, body: isReplayable(given) ? given : body }, request);
}

/** The options of a Request, by their defaults. */
const defaultOptions = {
  cache: 'default',
  credentials: 'same-origin',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  redirect: 'follow',
  referrer: 'about:client',
  referrerPolicy: '',
} as const;

function readFetchOptions(request: Request): FetchOptions {
  const options: Record<string, unknown> = {};
  for (const [name, usual] of Object.entries(defaultOptions)) {
    const value: unknown = Reflect.get(request, name);
    if (value !== usual) options[name] = value;
  }
  return options;
}
