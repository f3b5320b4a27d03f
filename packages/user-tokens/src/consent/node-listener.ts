import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from './create-handler.ts';

/** Express keeps the URL that was received here, and removes the path of the mounted router from `url`. */
type NodeRequest = IncomingMessage & { readonly originalUrl?: string };

/**
 * The handler as a listener of `node:http`, and of the frameworks on top of it. `identify` receives the request of Node,
 * which is Express's own, as its second argument.
 *
 * It reads no body: the handler answers GET only.
 */
export function nodeListener(handler: Handler): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, outgoing) => void answer(handler, incoming, outgoing); // never rejects
}

async function answer(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const request = toRequest(incoming);
    const response = request === undefined ? new Response(null, { status: 400 }) : await handler(request, incoming);
    const body = Buffer.from(await response.arrayBuffer());
    outgoing.writeHead(response.status, toNodeHeaders(response.headers)).end(body);
  } catch {
    if (!outgoing.headersSent) outgoing.writeHead(500);
    outgoing.end();
  }
}

/** `undefined` for a host, a target or a method that no Request has, such as TRACE. */
function toRequest(incoming: NodeRequest): Request | undefined {
  const { method = 'GET', headers, url = '/', originalUrl = url } = incoming;
  if (!originalUrl.startsWith('/')) return undefined;
  const received = Object.entries(headers).map(([name, value = '']): [string, string] => [
    name,
    [value].flat().join(', '),
  ]);
  try {
    return new Request(`http://${headers.host ?? 'localhost'}${originalUrl}`, { method, headers: received });
  } catch {
    return undefined;
  }
}

function toNodeHeaders(headers: Headers): Record<string, string | string[]> {
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) };
}
