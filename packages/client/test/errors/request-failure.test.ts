import { expect, test } from 'vitest';
import { virtualClock } from '@bearings/testing';
import { createClient } from '../../src/client.ts';
import type { ClientOptions } from '../../src/client-options.ts';
import { formatHttpError } from '../../src/errors/format-http-error.ts';
import { TransportError } from '../../src/errors/index.ts';
import { caught } from '../caught.ts';
import { broken, chunked, redirectTo, scriptedFetch, silent } from '../scripted.ts';
import type { Answer } from '../scripted.ts';

const id = '8f14e45f-ceea-467a-9575-b1c0cd29e5a2';
const url = `https://api.test/v1/orders/${id}?key=secret`;
const facts = { origin: 'https://api.test', method: 'PUT', pathTemplate: '/v1/orders/{id}' };

test.each<[code: string, answer: Answer, options: ClientOptions]>([
  ['TRANSPORT', broken('ECONNRESET'), {}],
  ['TLS', broken('CERT_HAS_EXPIRED'), {}],
  ['ATTEMPT_TIMEOUT', silent, { timeout: 1_000 }],
  ['DEADLINE_EXCEEDED', silent, { totalTimeout: 1_000 }],
  ['BODY_TOO_LARGE', chunked('12', '34'), { maxResponseBytes: 1 }],
  ['REDIRECT_BLOCKED', redirectTo('https://other.test/'), {}],
])('a call that fails with %s says which, in its message, its fields and its JSON', async (code, answer, options) => {
  const clock = virtualClock();
  const client = createClient({ fetch: scriptedFetch(answer), clock, retry: 0, ...options });

  const failure = caught(() => client.put(url).text());
  await clock.advance(1_000);
  const error = await failure;

  expect(error).toMatchObject({ code, ...facts });
  expect(formatHttpError(error, 'order')).toMatch(
    /^order: PUT https:\/\/api\.test\/v1\/orders\/\{id\}: .+ \([A-Z_]+\)$/,
  );
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code, ...facts });
  expect(JSON.stringify(error) + String(error.stack)).not.toMatch(new RegExp(`${id}|secret`));
});

test('the call that a full client does not send is named, and so is one that it ends when it closes', async () => {
  const clock = virtualClock();
  const client = createClient({ fetch: scriptedFetch(silent), clock, retry: 0, concurrency: { limit: 1, queue: 0 } });

  const ended = caught(() => client.put(url));
  const refused = await caught(() => client.get('https://api.test/v1/prices'));
  const closing = client.close({ graceMs: 5 });
  await clock.advance(5);
  await closing;
  const late = await caught(() => client.put(url));

  expect(refused).toMatchObject({ code: 'OVERLOADED', method: 'GET', pathTemplate: '/v1/prices', limitedBy: 'client' });
  expect([await ended, late]).toMatchObject([
    { code: 'CLIENT_CLOSED', ...facts },
    { code: 'CLIENT_CLOSED', ...facts },
  ]);
});

test('an error that knows only an origin names that', () => {
  const error = new TransportError('https://api.test', { reason: 'ECONNRESET', detail: 'reset' });

  expect(error.message).toBe('https://api.test: no answer: reset');
  expect(error).toMatchObject({ origin: 'https://api.test', method: undefined, pathTemplate: undefined });
});

test('a URL that cannot be parsed is not shown', () => {
  const error = new TransportError({ method: 'GET', url: 'secret' }, { reason: 'ECONNRESET', detail: 'reset' });

  expect(error.message).toBe('GET an invalid URL: no answer: reset');
});
