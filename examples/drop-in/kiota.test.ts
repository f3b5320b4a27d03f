import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { AnonymousAuthenticationProvider, HttpMethod, RequestInformation } from '@microsoft/kiota-abstractions';
import { FetchRequestAdapter, HttpClient } from '@microsoft/kiota-http-fetchlibrary';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/orders/404') return sendJson(outgoing, 404, { message: 'No such order' });
  outgoing.writeHead(200, { 'content-type': 'text/plain' }).end(`${incoming.method} ${await readBody(incoming)}`);
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
// generated clients take the adapter; without middlewares of kiota, nothing retries but Bearings
const provider = new AnonymousAuthenticationProvider();
const adapter = new FetchRequestAdapter(provider, undefined, undefined, new HttpClient(client.fetch));

afterAll(async () => {
  await token.close();
  await api.close();
});

/** As generated code sends it. */
async function send(method: HttpMethod, path: string, body?: string): Promise<string> {
  const request = new RequestInformation(method, '{+baseurl}{+path}', { baseurl: api.origin, path });
  if (body !== undefined) request.setStreamContent(new TextEncoder().encode(body).buffer, 'text/plain');
  const answer = await adapter.sendPrimitive<ArrayBuffer>(request, 'ArrayBuffer', undefined);
  return new TextDecoder().decode(answer);
}

test('a call has the token', async () => {
  expect(await send(HttpMethod.GET, '/orders')).toBe('GET ');
  expect(api.seen()).toEqual(['GET /orders → 200']);
});

test('after a 401 a call is replayed with its body', async () => {
  api.issuer.revoke();

  expect(await send(HttpMethod.POST, '/orders', 'an order')).toBe('POST an order');
  expect(api.seen()).toEqual(['POST /orders → 401', 'POST /orders → 200']);
});

test('a 404 is an error of the library', async () => {
  expect(await catchFailure(async () => send(HttpMethod.GET, '/orders/404'))).toMatchObject({
    responseStatusCode: 404,
  });
});
