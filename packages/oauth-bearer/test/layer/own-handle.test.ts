import { createClient } from '@bearings/client';
import { Ok } from 'ts-results';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { scriptedFetch, status } from '../../../client/test/scripted.ts';
import { withBearerAuth, withBearerAuthHeader } from '../../src/layer/bearer.ts';
import { staticToken } from '../../src/sources/static-token.ts';
import type { TokenHandle } from '../../src/token/token-handle.ts';

const baseUrl = 'https://api.example';
const never = new Promise<never>(() => {});

/** What a method of a handle may do instead of what it should. A lost rejection makes the test run fail. */
const misbehaviours: readonly [string, () => unknown][] = [
  [
    'throws',
    (): never => {
      throw new Error('bug of the handle');
    },
  ],
  ['rejects', () => Promise.reject(new Error('bug of the handle'))],
  ['answers undefined', () => undefined],
  ['answers with a string', () => 'token'],
  ['resolves with a Result without a token', () => Promise.resolve(Ok(undefined))],
];

/** A handle of the user's own. */
function ownHandle(overrides: object): TokenHandle {
  const token = staticToken('a-token-of-the-test');
  const bound = { read: () => token.read(), get: () => token.get(), invalidate: () => token.invalidate() };
  return Object.assign(Object.create(token), bound, overrides);
}

test.each(misbehaviours)('the 401 goes to the caller when invalidate() of an own handle %s', async (_, invalidate) => {
  const network = scriptedFetch(status(401), status(401));
  const { fetch } = createClient({ baseUrl, fetch: network }, withBearerAuth(ownHandle({ invalidate })));

  const answered = await fetch('/me');
  const stream = await fetch('/me', { method: 'POST', body: new Blob(['a']).stream(), duplex: 'half' });

  expect([answered.status, stream.status]).toEqual([401, 401]);
});

test.each(misbehaviours.slice(2))('get() of an own handle that %s is a CONFIG error', async (_, get) => {
  const read = () => ({ isErr: () => true, isOk: () => false });
  const { fetch } = createClient({ baseUrl, fetch: scriptedFetch() }, withBearerAuth(ownHandle({ read, get })));

  expect(await caught(() => fetch('/me'))).toMatchObject({ code: 'CONFIG', field: 'token' });
});

test.each(['get', 'invalidate'])(
  'the caller can abort a call while %s() of an own handle never answers',
  async (name) => {
    const caller = new AbortController();
    const read = name === 'get' ? { read: () => ({ isErr: () => true, isOk: () => false }) } : {};
    const token = ownHandle({ ...read, [name]: () => never });
    const { fetch } = createClient({ baseUrl, fetch: scriptedFetch(status(401)) }, withBearerAuth(token));

    const failure = caught(() => fetch('/me', { signal: caller.signal }));
    setTimeout(() => caller.abort(new Error('user left')), 0);

    expect((await failure).message).toBe('user left');
  },
);

test.each<[string, unknown]>([
  ['a Result', Ok(staticToken('a-token-of-the-test'))],
  ['a promise', Promise.resolve(staticToken('a-token-of-the-test'))],
  ['a string', 'a-token-of-the-test'],
  ['nothing', undefined],
])('withBearerAuth refuses %s in the place of a token, and does not quote it', async (_, token) => {
  const error = await caught(() => Reflect.apply(withBearerAuth, undefined, [token]));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'token' });
  expect(error.message).not.toContain('a-token-of-the-test');
});

test.each<[string, object]>([
  ['origin', { origin: 'https://other.example' }],
  ['origins', { origins: 'https://other.example' }],
  ['respectExisting', { respectExisting: 'false' }],
])('withBearerAuth refuses the unknown or wrong option %s', async (field, options) => {
  const error = await caught(() => withBearerAuth(staticToken('a-token-of-the-test'), options));

  expect(error).toMatchObject({ code: 'CONFIG', field });
});

test('a header name must be one', async () => {
  const error = await caught(() => withBearerAuthHeader(staticToken('a-token-of-the-test'), 'x api key'));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'headerName' });
});
