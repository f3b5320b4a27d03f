import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import type { AccessToken } from '@bearings/oauth-bearer';
import got, { HTTPError } from 'got';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/orders/404') return sendJson(outgoing, 404, { message: 'No such order' });
  sendJson(outgoing, 200, { method: incoming.method, body: await readBody(incoming) });
});
const token = await orThrow(Token.create(api.issuer.credentials));
const sent = new WeakMap<object, AccessToken>();
const orders = got.extend({
  prefixUrl: api.origin,
  hooks: {
    beforeRequest: [
      async (options) => {
        const current = await orThrow(token.get());
        sent.set((options.context = {}), current);
        options.headers['authorization'] = current.authorization();
      },
    ],
    afterResponse: [
      async (response, retryWithMergedOptions) => {
        if (response.statusCode !== 401) return response;
        await token.invalidate(sent.get(response.request.options.context));
        return retryWithMergedOptions({});
      },
    ],
  },
});

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call has the token', async () => {
  expect(await orders.get('orders').json()).toEqual({ method: 'GET', body: '' });
  expect(api.seen()).toEqual(['GET /orders → 200']);
});

test('after a 401 a call is replayed with its body', async () => {
  api.issuer.revoke();

  expect(await orders.post('orders', { json: { id: 43 } }).json()).toEqual({ method: 'POST', body: '{"id":43}' });
  expect(api.seen()).toEqual(['POST /orders → 401', 'POST /orders → 200']);
});

test('a 404 is an error of the library', async () => {
  expect(await catchFailure(async () => orders.get('orders/404'))).toBeInstanceOf(HTTPError);
});
