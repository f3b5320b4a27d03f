import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { profiles } from '../src/profiles.ts';
import type { ProfileName } from '../src/profiles.ts';
import { virtualClock } from '@bearings/testing';
import { caught } from './caught.ts';
import { ok, redirectTo, scriptedFetch, status } from './scripted.ts';

const deeply = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(deeply)] : [];

test('profiles are frozen, to the bottom', () => {
  const parts = deeply(profiles);

  expect(parts.length).toBeGreaterThan(4);
  expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]);
});

test('the default profile changes nothing', () => {
  expect(profiles.default).toEqual({});
});

test('at a token endpoint a POST is sent again and a redirect is not followed', async () => {
  const network = scriptedFetch(status(503), redirectTo('https://id.test/elsewhere', 307));
  const api = createClient({ ...profiles.tokenEndpoint, fetch: network, random: () => 0 });

  const response = await api.fetch('https://id.test/token', { method: 'POST', body: 'grant_type=x' });

  expect(response.status).toBe(307);
  expect(network.sent.map(({ url, body }) => `${url} ${body}`)).toEqual([
    'https://id.test/token grant_type=x',
    'https://id.test/token grant_type=x',
  ]);
});

test('what is written after the profile overrides it', async () => {
  const network = scriptedFetch(() => new Response('12345', { headers: { 'content-length': '5' } }), ok);
  const api = createClient({ ...profiles.tokenEndpoint, maxResponseBytes: 4, fetch: network });

  const error = await caught(() => api.fetch('https://id.test/token'));

  expect(error).toMatchObject({ code: 'BODY_TOO_LARGE', limitBytes: 4 });
});

test.each(Object.entries(profiles))('the profile %s makes a client', (_name, profile) => {
  expect(createClient(profile).stages).toContain('retry');
});

test.each<[ProfileName, object]>([
  ['minimal', { timeout: 10_000, maxResponseBytes: 1_048_576, retry: 0 }],
  ['infra', { timeout: 60_000, maxResponseBytes: 52_428_800, concurrency: { limit: 100 }, retry: { limit: 5 } }],
  ['tokenEndpoint', { totalTimeout: 30_000, maxResponseBytes: 1_048_576, concurrency: { limit: 10 } }],
  ['sse', { bodyTimeout: false, maxResponseBytes: Infinity, retry: 0 }],
  ['proxy', { maxResponseBytes: Infinity, retry: 0, redirects: { limit: 0 }, throwHttpErrors: false }],
  ['testing', { timeout: 10_000, insecureHttp: true, retry: 0 }],
])('the profile %s says what it is for', (name, expected) => {
  expect(profiles[name]).toMatchObject(expected);
});

test('no profile but the one for tests calls http or goes to other origins', () => {
  const { testing, ...others } = profiles;
  const all = Object.values(others);

  expect(
    all.filter(({ insecureHttp, redirects }) => insecureHttp === true || redirects?.origins !== undefined),
  ).toEqual([]);
  expect(testing).toMatchObject({ insecureHttp: true, redirects: { origins: 'any' } });
});

test('infra sends no POST twice', async () => {
  const network = scriptedFetch(status(503));

  const response = await createClient({ ...profiles.infra, fetch: network }).fetch('https://store.test/', {
    method: 'POST',
  });

  expect(response.status).toBe(503);
});

test('a proxy hands on statuses, redirects and bodies as they come', async () => {
  const network = scriptedFetch(status(500, {}, 'as it is'), redirectTo('https://elsewhere.test/'));
  const proxy = createClient({ ...profiles.proxy, fetch: network });

  const failed = await proxy.get('https://api.test/');
  const moved = await proxy.get('https://api.test/');

  expect([failed.status, await failed.text(), moved.status]).toEqual([500, 'as it is', 302]);
});

test('events may pause for as long as they like', async () => {
  const clock = virtualClock();
  const events = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      controller.enqueue(await events.promise);
      controller.close();
    },
  });
  const { fetch } = createClient({ ...profiles.sse, clock, fetch: scriptedFetch(() => new Response(stream)) });

  const text = (await fetch('https://api.test/events')).text();
  await clock.advance(86_400_000);
  events.resolve(new TextEncoder().encode('data: 1\n\n'));

  expect(await text).toBe('data: 1\n\n');
});
