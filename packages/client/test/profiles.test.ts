import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { profiles } from '../src/profiles.ts';
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
