import 'reflect-metadata';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { firstValueFrom } from 'rxjs';
import { afterAll, expect, test } from 'vitest';
import { readBody, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  sendJson(outgoing, 200, { method: incoming.method, body: await readBody(incoming) });
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const orders = new HttpService(axios.create({ baseURL: api.origin, adapter: 'fetch', env: { fetch: client.fetch } }));

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call has the token', async () => {
  const { data } = await firstValueFrom(orders.get('/orders'));

  expect(data).toEqual({ method: 'GET', body: '' });
  expect(api.seen()).toEqual(['GET /orders → 200']);
});

test('after a 401 a call is replayed with its body', async () => {
  api.issuer.revoke();

  const { data } = await firstValueFrom(orders.post('/orders', { id: 43 }));

  expect(data).toEqual({ method: 'POST', body: '{"id":43}' });
  expect(api.seen()).toEqual(['POST /orders → 401', 'POST /orders → 200']);
});
