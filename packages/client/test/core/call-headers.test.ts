import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { CallHeaders } from '../../src/core/call-headers.ts';
import { ClientRequest } from '../../src/core/request.ts';
import { caught } from '../caught.ts';

const own = new Headers({ accept: 'text/plain', 'x-trace': 'mine' });
const request = new ClientRequest({ url: 'https://api.test/', method: 'GET', headers: own });

test("a stage's header replaces the request's own, and the request is not changed", () => {
  const headers = new CallHeaders();

  headers.set('X-Trace', 'theirs');
  const merged = headers.mergeWith(request);

  expect(Object.fromEntries(merged)).toEqual({ accept: 'text/plain', 'x-trace': 'theirs' });
  expect(request.headers.get('x-trace')).toBe('mine');
});

test("without headers of stages the request's own are sent", () => {
  expect([...new CallHeaders().mergeWith(request)]).toEqual([...request.headers]);
});

test('credentials can be dropped, whatever the case of their names; other headers stay', () => {
  const headers = new CallHeaders();
  headers.set('user-agent', 'bearings');
  headers.setCredential('Authorization', 'Bearer t');

  headers.dropCredentials();

  expect(headers.mergeWith(request).get('authorization')).toBeNull();
  expect(headers.mergeWith(request).get('user-agent')).toBe('bearings');
});

test.each([
  ['authorization', 'Bearer tok\r\nx-evil: 1'],
  ['authorization', 'Bearer tok\0'],
  ['authorization', 'Bearer tok€'],
  ['bad name', 'tok'],
  ['', 'tok'],
])('the header %j: %j is refused without showing the value', async (name, value) => {
  const error = await caught(() => new CallHeaders().setCredential(name, value));

  expect(error).toMatchObject({ code: 'INVALID_HEADER', header: name });
  expect(error.message).not.toContain('tok');
});

test('printing the headers of a call shows no credential', () => {
  const headers = new CallHeaders();
  headers.setCredential('authorization', 'Bearer s3cret');

  expect(inspect(headers, { depth: 9, showHidden: true }) + JSON.stringify(headers)).not.toContain('s3cret');
});

test('a header that is marked as a credential is kept from other origins in every attempt', () => {
  const headers = new CallHeaders();
  headers.markCredential('X-Mine');

  const first = headers.dropCredentials();
  headers.restoreCredentials();
  const second = headers.dropCredentials();

  expect([first, second]).toEqual([['x-mine'], ['x-mine']]);
});
