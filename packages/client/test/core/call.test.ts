import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { caught } from '../caught.ts';
import { virtualClock } from '@bearings/testing';
import { oneCall } from '../one-call.ts';

const request = new Request('https://api.test/', { headers: { accept: 'text/plain', 'x-trace': 'mine' } });

test("a stage's header goes over the request's, and the request keeps its own", () => {
  const call = oneCall();

  call.setHeader('X-Trace', 'theirs');
  const headers = call.headersFor(request);

  expect(Object.fromEntries(headers)).toEqual({ accept: 'text/plain', 'x-trace': 'theirs' });
  expect(request.headers.get('x-trace')).toBe('mine');
});

test('without headers of stages the request is sent as it is', () => {
  expect(oneCall().headersFor(request)).toBe(request.headers);
});

test('credentials can be forgotten, whatever the case of their names; other headers stay', () => {
  const call = oneCall();
  call.setHeader('user-agent', 'bearings');
  call.setCredential('Authorization', 'Bearer t');

  call.dropCredentialHeaders();

  expect(call.headersFor(request).get('authorization')).toBeNull();
  expect(call.headersFor(request).get('user-agent')).toBe('bearings');
});

test.each([
  ['authorization', 'Bearer tok\r\nx-evil: 1'],
  ['authorization', 'Bearer tok\0'],
  ['authorization', 'Bearer tok€'],
  ['bad name', 'tok'],
  ['', 'tok'],
])('the header %j: %j is refused without showing the value', async (name, value) => {
  const error = await caught(() => oneCall().setCredential(name, value));

  expect(error).toMatchObject({ code: 'INVALID_HEADER', header: name });
  expect(error.message).not.toContain('tok');
});

test('printing a call shows no credential', () => {
  const call = oneCall();
  call.setCredential('authorization', 'Bearer s3cret');

  expect(inspect(call, { depth: 9, showHidden: true }) + JSON.stringify(call)).not.toContain('s3cret');
});

test('what remains is counted from the making of the call; without a deadline it never ends', async () => {
  const clock = virtualClock();
  const call = oneCall({ clock, totalTimeoutMs: 1_000 });

  await clock.advance(1_200);

  expect(call.remainingMs()).toBe(-200);
  expect(oneCall({ clock }).remainingMs()).toBe(Infinity);
});

test('a header that was guarded once is kept from other origins on every attempt', () => {
  const call = oneCall();
  call.markCredential('X-Mine');

  const first = call.dropCredentialHeaders();
  call.startNextAttempt();
  const second = call.dropCredentialHeaders();

  expect([first, second]).toEqual([['x-mine'], ['x-mine']]);
});
