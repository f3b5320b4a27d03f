import { isReplayable, peekBody } from '../body/request-body.ts';
import { ClientRequest } from '../core/request.ts';
import type { FetchOptions } from '../core/request.ts';
import { parseUrl } from '../security/url.ts';
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
  if (url.includes('@')) parseUrl(url); // Deno takes a user and password in a Request
  const parts = { url, method, headers, fetchOptions: readFetchOptions(request, others) };
  if (body === null) return new ClientRequest(parts, request);
  if (given === undefined || given === null) return new ClientRequest({ ...parts, body: await peekBody(body, clock) });
  return new ClientRequest({ ...parts, body: isReplayable(given) ? given : body }, request);
}

/** The options of a Request, with their defaults. */
const defaultOptions: readonly (readonly [string, unknown])[] = Object.entries({
  cache: 'default',
  credentials: 'same-origin',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  redirect: 'follow',
  referrer: 'about:client',
  referrerPolicy: '',
});

/** The options that are not the defaults, and others; `undefined` when there are none. */
function readFetchOptions(request: Request, others: FetchOptions = {}): FetchOptions | undefined {
  let options: Record<string, unknown> | undefined;
  for (const [name, usual] of defaultOptions) {
    const value: unknown = Reflect.get(request, name);
    if (value !== usual) (options ??= {})[name] = value;
  }
  for (const name of Object.keys(others)) (options ??= {})[name] = others[name];
  return options;
}
