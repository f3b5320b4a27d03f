import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createClient, isBearingsError } from '@bearings/client';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { isAxiosError } from 'axios';
import { expect, onTestFinished, test } from 'vitest';
import { connect as connectAfter } from '../src/axios/after.ts';
import { connect as connectKept } from '../src/axios/kept.ts';
import type { Settings } from '../src/settings.ts';

/** An issuer, and an API below a path. */
async function startServers() {
  const issuer = await fakeIssuer().listen();
  const api = await fakeApi(issuer, {
    'GET /api/v1/orders': ({ request }) =>
      new URL(request.url).searchParams.getAll('id').map((id) => ({ id: Number(id) })),
    'GET /api/v1/orders/:id': ({ params }) =>
      params['id'] === '404'
        ? Response.json({ reason: 'no such order' }, { status: 404 })
        : { id: Number(params['id']) },
    'POST /api/v1/orders': async ({ request }) => request.json(),
    'DELETE /api/v1/orders/:id': () => new Response(null, { status: 204 }),
  }).listen();
  onTestFinished(async () => {
    await issuer.close();
    await api.close();
  });
  const { tokenEndpoint, credentials } = issuer;
  const settings: Settings = { apiUrl: `${api.origin}/api`, tokenEndpoint, ...credentials };
  return { issuer, settings };
}

/** What an act fails with. */
async function caught(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

test('after the migration a path in the URL stays, and paths of calls begin with a slash as before', async () => {
  const { settings, issuer } = await startServers();
  const orders = await connectAfter(settings);

  const found = [
    issuer.counts.token,
    await orders.get(1),
    await orders.create({ id: 2 }),
    await orders.find(404),
    await orders.list([3, 4]),
    await orders.remove(5),
    issuer.counts.token,
  ];
  await orders.close?.();

  expect(found).toEqual([0, { id: 1 }, { id: 2 }, undefined, [{ id: 3 }, { id: 4 }], undefined, 1]);
});

test('an error has the body as data, and that of a token request is another one', async () => {
  const { settings } = await startServers();
  const orders = await connectAfter(settings);
  const wrong = await connectAfter({ ...settings, clientSecret: 'another' });

  const missing = await caught(() => orders.get(404));
  const refused = await caught(() => wrong.get(1));

  expect(isBearingsError(missing, 'HTTP_STATUS') && [missing.status, missing.data]).toEqual([
    404,
    { reason: 'no such order' },
  ]);
  expect(isBearingsError(refused, 'TOKEN_HTTP') && refused.status).toBe(401);
});

test('a body that is empty is no JSON: the error is that of ky and fetch', async () => {
  const api = createClient({ fetch: async () => new Response(null, { status: 204 }) });

  const error = await caught(() => api.delete('https://api.test/v1/orders/5').json());

  expect([error instanceof SyntaxError, isBearingsError(error)]).toEqual([true, false]);
  expect(await api.delete('https://api.test/v1/orders/5').text()).toBe('');
});

test('a kept axios keeps its errors with a response, and those without have the codes of the guide', async () => {
  const { settings } = await startServers();
  const orders = await connectKept(settings);
  const closed = await connectKept({ ...settings, apiUrl: `http://127.0.0.1:${await unusedPort()}/api` });

  const missing = await caught(() => orders.get(404));
  const lost = await caught(() => closed.create({ id: 1 }));

  expect(await orders.get(1)).toEqual({ id: 1 });
  expect(isAxiosError(missing) && [missing.response?.status, missing.response?.data]).toEqual([
    404,
    { reason: 'no such order' },
  ]);
  expect(isAxiosError(lost) && lost.code).toBe('TRANSPORT');
});
