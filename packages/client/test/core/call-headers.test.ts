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

test('all credentials of a call are remembered for redaction, also those that were replaced or dropped', () => {
  const headers = new CallHeaders();
  headers.setCredential('authorization', 'Bearer first');
  headers.setCredential('x-api-key', 'second');
  headers.setCredential('authorization', 'Bearer third');

  headers.dropCredentials();
  headers.delete(['x-api-key']);

  expect(headers.credentialValues()).toEqual(['Bearer first', 'second', 'Bearer third']);
});

test('a header that is set again is sent once', () => {
  const headers = new CallHeaders();
  const sent: string[] = [];
  headers.set('x-attempt', '1');
  headers.set('X-Attempt', '2');

  headers.forEach(request, (name, value) => sent.push(`${name}: ${value}`));

  expect(sent).toEqual(['accept: text/plain', 'x-trace: mine', 'x-attempt: 2']);
});

test('credentials that one attempt has dropped are there again in the next, from each of its redirects', () => {
  const headers = new CallHeaders();
  headers.setCredential('authorization', 'Bearer t');
  headers.dropCredentials();
  headers.setCredential('x-api-key', 'k');
  headers.dropCredentials();

  headers.restoreCredentials();

  expect(headers.mergeWith(request).get('authorization')).toBe('Bearer t');
  expect(headers.mergeWith(request).get('x-api-key')).toBe('k');
});

test('other names can be dropped with the credentials, also headers that stages have set', () => {
  const headers = new CallHeaders();
  headers.set('cookie', 'a=b');
  headers.setCredential('authorization', 'Bearer t');

  const dropped = headers.dropCredentials(['cookie']);

  expect(dropped).toEqual(['authorization', 'cookie']);
  expect(headers.has('cookie')).toBe(false);
});

test("a header of a stage is visited in place of the request's own", () => {
  const headers = new CallHeaders();
  const visited: string[] = [];
  headers.set('x-trace', 'theirs');

  headers.forEach(request, (name, value) => visited.push(`${name}: ${value}`));

  expect(visited).toEqual(['accept: text/plain', 'x-trace: theirs']);
});

test('a header that was deleted is no credential any more', () => {
  const headers = new CallHeaders();
  headers.setCredential('authorization', 'Bearer t');

  headers.delete(['Authorization']);

  expect(headers.dropCredentials()).toEqual([]);
});
