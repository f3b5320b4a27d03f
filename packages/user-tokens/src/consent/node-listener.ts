import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from './create-handler.ts';

/** Express keeps the URL that was received here, and removes the path of the mounted router from `url`. */
type NodeRequest = IncomingMessage & { readonly originalUrl?: string };

/**
 * The handler as a listener of `node:http`, Express or Fastify. `identify` receives the framework's request as its second
 * argument.
 *
 * It never throws, and it reads no body: the handler answers GET only.
 */
export function nodeListener(
  handler: Handler,
): (request: IncomingMessage, response: ServerResponse, frameworkContext?: unknown) => Promise<void> {
  return async (incoming, outgoing, frameworkContext = incoming) => {
    const request = toRequest(incoming);
    const response =
      request === undefined ? new Response(null, { status: 400 }) : await handler(request, frameworkContext);
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value);
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  };
}

/** `undefined` for a host or a target that no URL has. */
function toRequest(incoming: NodeRequest): Request | undefined {
  const { method = 'GET', headers, url = '/', originalUrl = url } = incoming;
  const address = URL.parse(`http://${headers.host ?? 'localhost'}${originalUrl}`);
  if (address === null || !originalUrl.startsWith('/')) return undefined;
  const received = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':')) received.set(name, [value].flat().join(', '));
  }
  try {
    return new Request(address, { method, headers: received });
  } catch {
    return undefined; // a method that no Request has, such as TRACE
  }
}
