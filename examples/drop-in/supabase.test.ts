import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { createClient as createSupabase } from '@supabase/supabase-js';
import { afterAll, expect, test } from 'vitest';
import { readBody, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url?.startsWith('/rest/v1/missing'))
    return sendJson(outgoing, 404, { message: 'No such table', code: 'PGRST205' });
  const body = await readBody(incoming);
  sendJson(outgoing, 200, body === '' ? [{ id: 42 }] : [JSON.parse(body)]);
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const supabase = createSupabase(api.origin, 'the-public-key', {
  global: { fetch: client.fetch },
  auth: { persistSession: false, autoRefreshToken: false },
});

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a query has the token in place of the public key', async () => {
  const { data, error } = await supabase.from('orders').select();

  expect([data, error]).toEqual([[{ id: 42 }], null]);
  expect(api.seen()).toEqual(['GET /rest/v1/orders?select=* → 200']);
});

test('after a 401 an insert is replayed with its row', async () => {
  api.issuer.revoke();

  const { data } = await supabase.from('orders').insert({ id: 43 }).select();

  expect(data).toEqual([{ id: 43 }]);
  expect(api.seen().map((line) => line.slice(-3))).toEqual(['401', '200']);
});

test('a 404 is an error of the library', async () => {
  const { error, status } = await supabase.from('missing').select();

  expect([status, error?.message]).toEqual([404, 'No such table']);
});
