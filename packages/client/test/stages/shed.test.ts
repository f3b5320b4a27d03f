import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { virtualClock } from '@bearings/testing';
import { broken, ok, scriptedFetch } from '../scripted.ts';

const url = 'https://api.test/';

test('one call too many is refused at once and not sent; room that is left again is used', async () => {
  const first = Promise.withResolvers<Response>();
  const network = scriptedFetch(() => first.promise, ok);
  const clock = virtualClock();
  const { fetch } = createClient({ fetch: network, clock, concurrency: 1 });

  const answer = fetch(url);
  await clock.settle();
  const refused = await caught(() => fetch(url));
  const sentThen = network.sent.length;
  first.resolve(new Response('done'));
  await answer;

  expect(refused).toMatchObject({ code: 'OVERLOADED', limit: 1, retryable: true });
  expect(sentThen).toBe(1);
  expect((await fetch(url)).status).toBe(200);
});

test('a call that fails leaves its room', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch(broken('ECONNRESET'), ok), concurrency: 1, retry: 0 });

  await caught(() => fetch(url));

  expect((await fetch(url)).status).toBe(200);
});

test('doors made from a client share its room', async () => {
  const first = Promise.withResolvers<Response>();
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(() => first.promise, ok), clock, concurrency: 1 });

  const answer = api.fetch(url);
  await clock.settle();
  const refused = await caught(() => api.extend({ headers: { a: 'b' } }).get(url));
  first.resolve(new Response('done'));
  await answer;

  expect(refused).toMatchObject({ code: 'OVERLOADED' });
});

test.each([0, -1, Number.NaN])('a concurrency of %d is a wrong option', async (concurrency) => {
  expect(await caught(() => createClient({ concurrency }))).toMatchObject({ code: 'CONFIG', field: 'concurrency' });
});
