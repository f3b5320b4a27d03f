import { createClient } from '@bearings/client';
import { Ok, Token, TokenHttpError, Err, staticToken } from '@bearings/oauth-bearer';
import type { TokenSource } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test } from 'vitest';
import { statusHandler } from '../../src/status/index.ts';
import type { ConnectorsStatus, StatusSnapshot } from '../../src/status/index.ts';
import { readEvents } from '../../src/watch/read-events.ts';

const secret = 'canary-token-value-61f0c2';
const url = 'http://127.0.0.1/status';
const withEvents = { headers: { accept: 'text/event-stream' } };

/** A token whose source answers as the test says. */
async function scene() {
  const clock = virtualClock();
  let answer: () => ReturnType<TokenSource['acquire']> = async () => Ok({ value: secret, lifetimeMs: 60_000 });
  const token = (
    await Token.from({ name: 'https://id.internal', acquire: () => answer() }, { clock, random: () => 0 })
  ).unwrap();
  const fails = (status: number): void => {
    const endpoint = 'https://id.internal/token';
    answer = async () =>
      Err(
        new TokenHttpError({ endpoint, status, oauthError: 'invalid_client', clientAuthMethod: 'client_secret_basic' }),
      );
  };
  onTestFinished(() => token.close());
  return { clock, token, fails };
}

test('the status has the state of tokens and clients, their times and counts, and no secret', async () => {
  const { clock, token } = await scene();
  const client = createClient({ clock, fetch: async () => new Response('ok') });
  using status = statusHandler({
    tokens: { orders: { token, from: 'https://id.internal', clientId: 'billing', clients: ['orders'] }, bare: token },
    clients: { orders: client },
    clock,
  });
  await client.fetch('https://orders.internal/v1?key=hidden');

  const response = status(new Request(url));
  const text = await response.text();
  const { tokens, clients, at } = JSON.parse(text);

  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(at).toBe(clock.now());
  expect(tokens[0]).toMatchObject({ name: 'orders', from: 'https://id.internal', clientId: 'billing', state: 'fresh' });
  expect(tokens[0]).toMatchObject({ expiresAt: clock.now() + 60_000, isStatic: false, failure: null, renewals: 0 });
  expect(tokens[1]).toMatchObject({ name: 'bare', from: '', clients: [] });
  expect(clients).toEqual([{ name: 'orders', calls: 1, inFlight: 0, retries: 0 }]);
  expect(text).not.toContain(secret);
  expect(text).not.toContain('hidden');
});

test('a status that cannot be read is a 500, and ends no service', async () => {
  const failing = {
    status: () => {
      throw new Error(secret);
    },
  };
  using status = statusHandler({ clients: { orders: failing } });

  const response = status(new Request(url));

  expect(response.status).toBe(500);
  expect(await response.text()).toBe('The status cannot be read\n');
});

test('the status is read-only', () => {
  using status = statusHandler({});

  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const { status: code, headers } = status(new Request(url, { method }));
    expect({ code, allow: headers.get('allow') }).toEqual({ code: 405, allow: 'GET, HEAD' });
  }
  expect(status(new Request(url, { method: 'HEAD' })).body).toBeNull();
});

test('an option that does not exist is refused, with the one that was meant', () => {
  expect(() => statusHandler({ token: {} } as object)).toThrow('Did you mean tokens?');
});

test('a static credential has no end', async () => {
  const token = staticToken('a-static-secret');
  await token.get();
  using status = statusHandler({ tokens: { parcels: token } });

  const { tokens } = JSON.parse(await status(new Request(url)).text());

  expect(tokens[0]).toMatchObject({ isStatic: true, expiresAt: null });
  await token.close();
});

test('a failure has its cause, its remedy, its count and its next attempt', async () => {
  const { clock, token, fails } = await scene();
  using status = statusHandler({ tokens: { orders: token }, clock });
  fails(401);

  await clock.advance(61_000);
  await token.get();
  const { tokens } = JSON.parse(await status(new Request(url)).text());

  expect(tokens[0].state).toBe('expired');
  expect(tokens[0].failure).toMatchObject({
    message: 'the token endpoint answered 401: invalid_client',
    remedy: expect.stringContaining('Check clientId'),
    retryAt: expect.any(Number),
  });
  expect(tokens[0].events[0]).toMatchObject({ kind: expect.any(String), at: expect.any(Number) });
});

test('an event of a token is sent within a tenth of a second, with the changed row alone', async () => {
  const { clock, token } = await scene();
  const other = (
    await Token.from({ acquire: async () => Ok({ value: secret, lifetimeMs: 60_000 }) }, { clock })
  ).unwrap();
  using status = statusHandler({ tokens: { orders: token, other }, clock });
  const events = readEvents(status(new Request(url, withEvents)).body!);
  const first = (await events.next()).value;
  await clock.advance(1_000); // the rows that were sent first are known from now on
  await events.next();

  const rejected = token.read().unwrap();
  await token.invalidate(rejected);
  await clock.advance(100);
  const change = (await events.next()).value;

  expect(first?.name).toBe('snapshot');
  expect(change).toMatchObject({ name: 'change', value: { tokens: [{ name: 'orders', rotations: 1 }] } });
  await events.return(undefined);
  await other.close();
});

test('every second there is a sign of life, and a reader that has left is forgotten', async () => {
  const { clock, token } = await scene();
  using status = statusHandler({ tokens: { orders: token }, clock });
  const gone = new AbortController();
  const events = readEvents(status(new Request(url, { ...withEvents, signal: gone.signal })).body!);
  await events.next();

  await clock.advance(1_000);
  expect((await events.next()).value).toMatchObject({ name: 'change', value: { at: clock.now() } });
  await events.return(undefined);
  gone.abort();

  const before = clock.now();
  await clock.advance(10_000);
  expect(clock.now()).toBe(before + 10_000);
});

test('users are counted by what happens to their grants, without a name', async () => {
  let tell: (event: { type: string; user: string }) => unknown = () => undefined;
  const users = {
    subscribe(listener: typeof tell) {
      tell = listener;
      return () => undefined;
    },
  };
  using status = statusHandler({ users });
  tell({ type: 'refreshed', user: 'alice' });
  tell({ type: 'refresh-failed', user: 'alice' });
  tell({ type: 'reauthorization-required', user: 'bob' });

  const text = await status(new Request(url)).text();

  expect(JSON.parse(text).users).toEqual({ refreshes: 1, failures: 1, ended: 1 });
  expect(text).not.toMatch(/alice|bob/);
});

const nothingYet: ConnectorsStatus = { connectors: [], runs: [], workers: [] };
const oneWorker: ConnectorsStatus = { ...nothingYet, workers: [{ name: 'app-1', isLive: true }] };

test('the status of connectors is read for each request, at most every two seconds', async () => {
  const clock = virtualClock();
  let reads = 0;
  const connectors = async (): Promise<ConnectorsStatus> => {
    reads += 1;
    return oneWorker;
  };
  using status = statusHandler({ connectors, clock });
  const ask = async () => JSON.parse(await status(new Request(url)).text());

  const [first] = await Promise.all([ask(), ask()]);
  await ask();
  await clock.advance(2_000);
  await ask();

  expect(first.connectors).toEqual({ status: oneWorker, failure: null });
  expect(reads).toBe(2);
});

test('connectors are followed while a page is open, and sent when they differ', async () => {
  const clock = virtualClock();
  let current = nothingYet;
  let reads = 0;
  const connectors = async (): Promise<ConnectorsStatus> => {
    reads += 1;
    return current;
  };
  using status = statusHandler({ connectors, clock });
  const gone = new AbortController();
  const events = readEvents(status(new Request(url, { ...withEvents, signal: gone.signal })).body!);
  const next = async () => (await events.next()).value?.value as StatusSnapshot;

  expect((await next()).connectors).toEqual({ status: null, failure: null });
  await clock.advance(100);
  expect((await next()).connectors).toEqual({ status: nothingYet, failure: null });
  current = oneWorker;
  await clock.advance(900);
  expect(await next()).not.toHaveProperty('connectors');
  await clock.advance(1_100);
  await next();
  await clock.advance(100);
  expect((await next()).connectors).toEqual({ status: oneWorker, failure: null });

  gone.abort();
  const before = reads;
  await clock.advance(60_000);
  expect(reads).toBe(before);
});

test.each([
  ['fails', () => Promise.reject(new Error('no answer')), 'no answer'],
  ['is silent', () => new Promise<never>(() => {}), 'the status was not read within 5 s'],
])('when the database %s, the last status stays, with the reason', async (_, fault, failure) => {
  const clock = virtualClock();
  let read: () => Promise<ConnectorsStatus> = async () => oneWorker;
  using status = statusHandler({ connectors: () => read(), clock });
  await status(new Request(url)).text();

  read = fault;
  await clock.advance(2_000);
  const text = status(new Request(url)).text();
  await clock.advance(5_000);

  expect(JSON.parse(await text).connectors).toEqual({ status: oneWorker, failure });
});
