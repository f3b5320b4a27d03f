import { AsyncLocalStorage } from 'node:async_hooks';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { deadlineOf, withDeadlineHeader } from '../../../src/stages/headers/deadline.ts';
import type { DeadlineOptions } from '../../../src/stages/headers/deadline.ts';
import { withContextHeaders } from '../../../src/stages/headers/with-context-headers.ts';
import { broken, ok, redirectTo, scriptedFetch, status } from '../../scripted.ts';
import type { ScriptedFetch } from '../../scripted.ts';

const url = 'https://api.test/';
const sent = (network: ScriptedFetch, name: string): readonly (string | null)[] =>
  network.sent.map(({ headers }) => headers.get(name));

test('the headers of the context are read where the call is made, once a call, and are on each attempt', async () => {
  const requests = new AsyncLocalStorage<string>();
  const network = scriptedFetch(broken('ECONNRESET'), ok, ok);
  let reads = 0;
  const context = withContextHeaders(() => {
    reads += 1;
    return { 'x-request-id': requests.getStore() };
  });
  const { fetch } = createClient({ fetch: network, clock: virtualClock(), random: () => 0 }, context);

  await requests.run('r-1', () => fetch(url));
  await fetch(url);

  expect(sent(network, 'x-request-id')).toEqual(['r-1', 'r-1', null]);
  expect(reads).toBe(2);
});

test('a header of the call itself is kept, and a redirect to another origin gets none from the context', async () => {
  const network = scriptedFetch(redirectTo('https://other.test/'), ok, status(503), ok);
  const context = withContextHeaders(() => ({ 'x-request-id': 'r-1', 'x-tenant': 't-1' }));
  const redirects = { origins: ['https://other.test'] };
  const { fetch } = createClient({ fetch: network, clock: virtualClock(), random: () => 0, redirects }, context);

  await fetch(url, { headers: { 'x-tenant': 'own' } });

  expect(sent(network, 'x-request-id')).toEqual(['r-1', null]);
  expect(network.sent[0]?.headers.get('x-tenant')).toBe('own');
});

test('a context that is no object, or a value that is no header value, fails the call without showing the value', async () => {
  const network = scriptedFetch();
  const wrong = createClient(
    { fetch: network },
    withContextHeaders(() => 'x' as never),
  );
  const split = createClient(
    { fetch: network },
    withContextHeaders(() => ({ 'x-id': 'a\r\nsecret: b' })),
  );

  await expect(wrong.fetch(url)).rejects.toThrow('read must be a function that returns an object of headers');
  await expect(split.fetch(url)).rejects.toThrow(expect.not.stringContaining('secret') as Error);
  expect(() => withContextHeaders('x' as never)).toThrow('read must be a function that returns headers');
  expect(network.sent).toEqual([]);
});

test('each attempt sends the server how long the caller still waits', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(
    async () => {
      await clock.advance(400);
      return new Response(null, { status: 503 });
    },
    ok,
    ok,
    ok,
  );
  const { fetch } = createClient({ fetch: network, clock, random: () => 0, timeout: 900 }, withDeadlineHeader());

  const answer = fetch(url, { totalTimeout: 1_000 });
  await answer;
  await fetch(url, { timeout: 250 });
  await fetch(url, { timeout: false });

  expect(sent(network, 'request-timeout-ms')).toEqual(['900', '600', '250', null]);
});

test('the server reads the deadline of its caller, of both kinds of requests', async () => {
  const clock = virtualClock();
  const headers = { 'request-timeout-ms': '1500' };

  const fromNode = deadlineOf({ headers }, { clock });
  const fromPlatform = deadlineOf(new Request(url, { headers }), { clock });
  await clock.advance(1_000.3);
  const left = [fromNode?.remainingMs(), fromPlatform?.remainingMs(), fromNode?.isOver];
  await clock.advance(499.7);

  expect(left).toEqual([500, 500, false]);
  expect([fromNode?.remainingMs(), fromNode?.isOver]).toEqual([1, true]);
});

test.each([undefined, '', '0', '-5', '1.5', 'soon', '1e9', '99999999999999999', ['1', '2']])(
  'a header %j is no deadline',
  (value) => {
    expect(deadlineOf({ headers: { 'request-timeout-ms': value } })).toBeUndefined();
  },
);

test('a deadline of a day is cut, and another header can be named', () => {
  const clock = virtualClock();

  const cut = deadlineOf({ headers: { 'request-timeout-ms': '86400000' } }, { clock });
  const named = deadlineOf({ headers: { 'x-left': '7' } }, { clock, header: 'X-Left' });

  expect([cut?.remainingMs(), named?.remainingMs()]).toEqual([300_000, 7]);
});

test('wrong options are refused', () => {
  expect(() => withDeadlineHeader({ header: 'a b' })).toThrow('header must be the name of a header');
  expect(() => deadlineOf({ headers: {} }, { max: 1 } as DeadlineOptions)).toThrow('deadlineOf has no option max');
});
