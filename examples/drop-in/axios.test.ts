import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import axios, { AxiosError } from 'axios';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/slow') return;
  if (incoming.url === '/words') return outgoing.end('one two');
  if (incoming.method === 'GET') return sendJson(outgoing, Number(incoming.url?.slice(1)), { message: 'Yes' });
  sendJson(outgoing, 201, JSON.parse(await readBody(incoming)));
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const orders = axios.create({ baseURL: api.origin, adapter: 'fetch', env: { fetch: client.fetch } });

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call has the token', async () => {
  expect((await orders.get('/200')).data).toEqual({ message: 'Yes' });
  expect(api.seen()).toEqual(['GET /200 → 200']);
});

test('after a 401 twenty calls are replayed with their bodies, with one token request', async () => {
  const before = api.issuer.counts.token;
  const ids = Array.from({ length: 20 }, (_, id) => id);
  api.issuer.revoke();

  const answers = await Promise.all(ids.map(async (id) => orders.post('/orders', { id })));

  expect(answers.map(({ data }) => data.id)).toEqual(ids);
  expect(api.issuer.counts.token - before).toBe(1);
});

test.each([404, 500])('a %d gives the same error as with the global fetch', async (status) => {
  const plain = axios.create({ baseURL: api.openOrigin, adapter: 'fetch' });

  const ours = await catchFailure(async () => orders.get(`/${status}`));
  const theirs = await catchFailure(async () => plain.get(`/${status}`));

  expect(ours).toBeInstanceOf(AxiosError);
  expect(ours).toMatchObject({ status, code: (theirs as AxiosError).code });
  expect(String(ours)).toBe(String(theirs));
});

test('a body arrives as a stream', async () => {
  const { data } = await orders.get<ReadableStream<Uint8Array>>('/words', { responseType: 'stream' });

  expect(await text(Readable.from(data))).toBe('one two');
});

test('an abort ends the call and closes the connection', async () => {
  const caller = new AbortController();
  const { arrived, disconnected } = api.watch('/slow');

  const call = orders.get('/slow', { signal: caller.signal });
  await arrived;
  caller.abort();

  await expect(call).rejects.toMatchObject({ code: 'ERR_CANCELED' });
  await disconnected;
});
