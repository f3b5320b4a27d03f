import { lightRequest } from './light-request.ts';
import type { LightParts } from './light-request.ts';
import { isSource } from './request-body.ts';
import type { Payload } from './request-body.ts';

/** The methods whose names `fetch` makes upper case, and PATCH, for which that is the caller's to do. */
const plainMethods: ReadonlyMap<string, string> = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'].flatMap((name) => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
).set('PATCH', 'PATCH');

/** The ordinary call: an address, a method, headers, a body that is all there; `undefined` for any other. */
export function lightPayload({ url, method: given, headers, body }: LightParts): Payload | undefined {
  const method = plainMethods.get(given);
  if (method === undefined) return undefined;
  if (body === undefined || body === null) {
    const request = lightRequest({ url, method, headers, body: undefined });
    return { request, source: undefined, repeatable: true };
  }
  if (method === 'GET' || method === 'HEAD' || body instanceof FormData || !isSource(body)) return undefined;
  const type = typeOf(body);
  const typed = headers ?? new Headers();
  if (type !== '' && !typed.has('content-type')) typed.set('content-type', type);
  return { request: lightRequest({ url, method, headers: typed, body }), source: body, repeatable: true };
}

/** The content type that a body has by itself (Fetch standard, "extract a body"). */
function typeOf(body: RequestInit['body']): string {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8';
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=UTF-8';
  return body instanceof Blob ? body.type : '';
}
