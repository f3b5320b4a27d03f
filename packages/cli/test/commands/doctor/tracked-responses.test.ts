import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { trackResponses } from '../../../src/commands/doctor/tracked-responses.ts';

const json = { 'content-type': 'application/json' };
const tokenUrl = 'https://id.internal/token';
const post = { method: 'POST' };

/** A body that has begun and never ends. */
const endless = () => new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{"a":"')) });

/** A tracked fetch whose server always gives this response. */
function track(respond: () => Response) {
  const clock = virtualClock();
  const clocks = trackResponses(async () => respond(), clock);
  return { clock, clocks };
}

test('a response is there as soon as its head is, also when its body never ends', async () => {
  const { clocks } = track(() => new Response(endless(), { headers: json }));

  const get = await clocks.fetch('https://orders.internal/v1/orders');
  const answer = await clocks.fetch(tokenUrl, post);

  expect([get.status, answer.status]).toEqual([200, 200]);
});

test('whether a token response names scopes is not known when its body does not end', async () => {
  const { clock, clocks } = track(() => new Response(endless(), { headers: json }));
  await clocks.fetch(tokenUrl, post);

  const isNamed = clocks.namesScopes(tokenUrl);
  await clock.advance(10_000);

  await expect(isNamed).resolves.toBeUndefined();
});

test('a token response that never stops sending is read up to 1 MiB', async () => {
  let sent = 0;
  const pull = (stream: ReadableStreamDefaultController): void => {
    sent += 65_536;
    stream.enqueue(new Uint8Array(65_536));
  };
  const { clocks } = track(() => new Response(new ReadableStream({ pull }), { headers: json }));
  const response = await clocks.fetch(tokenUrl, post);

  await expect(clocks.namesScopes(tokenUrl)).resolves.toBeUndefined();
  await response.body?.cancel();

  expect(sent).toBeLessThan(2 * 1024 * 1024);
});

test.each([
  [{ access_token: 'x', scope: '' }, true],
  [{ access_token: 'x', scope: null }, false],
  [{ access_token: 'x' }, false],
  [{ error: 'invalid_scope' }, undefined],
])('the token response %j names scopes: %s', async (body, expected) => {
  const { clocks } = track(() => Response.json(body));

  const response = await clocks.fetch(`${tokenUrl}?tenant=7`, post);

  await expect(clocks.namesScopes(tokenUrl)).resolves.toBe(expected);
  await expect(response.json()).resolves.toEqual(body);
});

test('only responses to POST of the same endpoint count', async () => {
  const { clocks } = track(() => Response.json({ access_token: 'x' }));

  await clocks.fetch(tokenUrl);
  await clocks.fetch('https://id.internal/other', post);

  await expect(clocks.namesScopes(tokenUrl)).resolves.toBeUndefined();
});
