import { fetch as undiciFetch } from 'undici';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import type { Client } from '../../../src/client.ts';
import { layer } from '../../../src/core/layer.ts';
import { caught } from '../../caught.ts';
import { broken, scriptedFetch } from '../../scripted.ts';

const url = 'https://api.test/path?key=s3cret';

const withToken = layer('auth', 'token', (next) => (request, call) => {
  call.headers.setCredential('authorization', 'Bearer t0ken');
  return next(request, call);
});

interface Seen {
  readonly method: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A server that says what it got, and redirects `/away` to another origin. */
async function echoServer(): Promise<string> {
  const server = createServer((incoming, answer) => {
    if (incoming.url === '/away') return answer.writeHead(302, { location: 'http://localhost:1/' }).end();
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const { method, headers } = incoming;
      const { authorization } = headers;
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify({ method, authorization, body: Buffer.concat(pieces).toString() }));
    });
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const asText = (input: unknown): string => String(input);

/** Functions that people write, by what they read. */
const forms: readonly [string, typeof fetch][] = [
  ['a Request alone', (input: Request | URL | string) => fetch(input)],
  ['a Request and options', (input, init) => fetch(input, init)],
  ['a Request of its own', (input, init) => fetch(new Request(input, init))],
  ['a URL and options', (input, init) => fetch(new URL(asText(input)), init)],
  ['optional options', (input, init = {}) => fetch(asText(input), init)],
  ['all arguments', (...args) => fetch(...args)],
  ["the fetch of undici's package", (...args) => Reflect.apply(undiciFetch, undefined, args)],
];

test.each(forms)(
  'a custom fetch that reads %s gets the token, the body and the guard of redirects',
  async (_, custom) => {
    const origin = await echoServer();
    const api = createClient({ fetch: custom, baseUrl: `${origin}/`, retry: 0 }, withToken);
    const post = (body: string | ReadableStream): Promise<Seen> => api.post('me', { body }).json();
    const sent = { method: 'POST', authorization: 'Bearer t0ken' };

    expect(await api.get('me').json<Seen>()).toEqual({ ...sent, method: 'GET', body: '' });
    expect(await post('text')).toEqual({ ...sent, body: 'text' });
    expect(await post(new Blob(['stream']).stream())).toEqual({ ...sent, body: 'stream' });
    expect(await caught(() => api.get('away'))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
  },
);

test.each(forms)('a custom fetch that reads %s hears the abort, and the stream is cancelled', async (_, custom) => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const api = createClient({ fetch: custom, retry: 0 });
  const caller = new AbortController();
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream({ pull: () => new Promise(() => {}), cancel: (reason) => cancelled.resolve(reason) });

  const failure = caught(() =>
    api.post(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { body, signal: caller.signal }),
  );
  setTimeout(() => caller.abort(new Error('user left')), 20);

  expect((await failure).message).toBe('user left');
  expect(await cancelled.promise).toMatchObject({ message: 'user left' });
  server.closeAllConnections();
});

/** Throws what is no error, as careless code does. */
function throwAny(thrown: unknown): never {
  throw thrown;
}

/** Clients whose fetch has a bug, and how often it was called. */
function buggy(act: () => Promise<Response>): { readonly api: Client; readonly calls: () => number } {
  let calls = 0;
  const custom = async (): Promise<Response> => {
    calls += 1;
    await Promise.resolve();
    return act();
  };
  return { api: createClient({ fetch: custom }), calls: () => calls };
}

test('a bug in a custom fetch keeps its name and its place, and is not retried', async () => {
  const { api, calls } = buggy(async function signRequest() {
    const settings: { readonly key?: { readonly id: string } } = {};
    return Reflect.get(Object(settings.key), 'id').length;
  });

  const error = await caught(() => api.get(url));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'fetch', retryable: false });
  expect(error.message).toMatch(
    /threw TypeError "Cannot read properties of undefined" at .*custom-fetch\.test\.ts:\d+/,
  );
  expect(calls()).toBe(1);
});

test.each([
  new TypeError('Headers.append: "Bearer s3cret" is invalid'),
  new TypeError('Invalid URL: https://user:s3cret@api.test\n    at s3cret (s3cret)'),
  new RangeError('s3cret'),
])('the message of a bug is not quoted, because it may hold what was sent: $message', async (bug) => {
  const error = await caught(() => buggy(() => Promise.reject(bug)).api.get(url));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'fetch' });
  expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
});

test('an error that is no bug is a failure of the connection, with its name and place', async () => {
  class ProxyRefused extends Error {
    override readonly name = 'ProxyRefused';
  }
  const { api, calls } = buggy(() => Promise.reject(new ProxyRefused('s3cret')));

  const error = await caught(() => api.get(url, { retry: { limit: 1, delay: () => 0 } }));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UNKNOWN', retryable: true });
  expect(error.message).toMatch(/threw ProxyRefused at .*custom-fetch\.test\.ts:\d+/);
  expect(error.message).not.toContain('s3cret');
  expect(calls()).toBe(2);
});

test.each([
  new TypeError('Failed to fetch'),
  new TypeError('error sending request for url (https://api.test/?key=s3cret)'),
  new TypeError('NetworkError when attempting to fetch resource.'),
  Object.assign(new Error('Unable to connect'), { code: 'ConnectionRefused' }),
])('a failed connection as other runtimes report it stays one: $message', async (failure) => {
  const error = await caught(() => buggy(() => Promise.reject(failure)).api.get(url, { retry: 0 }));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: true });
  expect(error.message).not.toContain('s3cret');
});

test.each(['s3cret', undefined, null, 42])('what is thrown may be no error: %s', async (thrown) => {
  const error = await caught(() => buggy(async () => throwAny(thrown)).api.get(url, { retry: 0 }));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UNKNOWN' });
  expect(error.message).not.toContain('s3cret');
});

test('the errors of a client that is the network of another pass through unchanged', async () => {
  const inner = createClient({ fetch: scriptedFetch(broken('ECONNREFUSED')), retry: 0 });
  const outer = createClient({ fetch: inner.fetch, retry: 0 });

  expect(await caught(() => outer.get(url))).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNREFUSED' });
});
