import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import { afterAll, expect, test } from 'vitest';
import { startComparison } from './fetch-comparison.ts';
import type { Echo } from './fetch-comparison.ts';
import { catchFailure, getClosedOrigin, guardedApi } from './guarded-api.ts';

const { api, origin, client, token, close } = await startComparison();
const bare = createClient({ retry: 0 });
const closedOrigin = await getClosedOrigin();
afterAll(close);

/** A difference to the global `fetch`, and its reason. */
interface Difference {
  readonly because: string;
  /** The program. Its outcome is its result or its error. */
  readonly program: (fetch: typeof globalThis.fetch) => Promise<unknown>;
  /** Our outcome: a value, or properties of an error. */
  readonly ours: unknown;
  /** The outcome of the global `fetch`. Missing if it would send a request to another machine. */
  readonly theirs?: unknown;
  /** Default: the client with a token. */
  readonly fetch?: typeof globalThis.fetch;
}

const typeError = { name: 'TypeError' };
const integrity = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const aStream = (): RequestInit => ({ method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' });
const redirect = (status: number, to: string): string =>
  `${origin}/redirect?${new URLSearchParams({ status: `${status}`, to })}`;

const different: Readonly<Record<string, Difference>> = {
  'http to another machine is rejected': {
    because: 'others could read the request; insecureHttp allows it',
    program: (send) => send('http://api.example/'),
    fetch: bare.fetch,
    ours: { code: 'INVALID_SCHEME' },
  },
  'a data: URL is rejected': {
    because: 'only https, and http on loopback, are allowed',
    program: async (send) => (await send('data:text/plain,hi')).text(),
    fetch: bare.fetch,
    ours: { code: 'INVALID_SCHEME' },
    theirs: 'hi',
  },
  'a call to an origin that the token is not for is not sent': {
    because: 'anyone with the token can use it',
    program: async (send) => (await send(api.origin)).status,
    ours: { code: 'DESTINATION_NOT_ALLOWED' },
    theirs: 401,
  },
  "the token replaces the caller's own": {
    because: 'the client was created with a token; respectExisting: true keeps the header',
    program: async (send) =>
      (await send(`${origin}/header?name=authorization`, { headers: { authorization: 'Bearer mine' } })).text(),
    ours: expect.stringMatching(/^Bearer opaque-token-\d+$/),
    theirs: 'Bearer mine',
  },
  'a client has its own user-agent': {
    because: 'servers should know the client; userAgent sets it',
    program: async (send) => (await send(`${origin}/header?name=user-agent`)).text(),
    ours: 'bearings',
    theirs: 'node',
  },
  'a path is resolved against the base URL': {
    because: 'a client has one',
    program: async (send) => (await send('/text')).url,
    ours: `${origin}/text`,
    theirs: typeError,
  },
  'a redirect to another origin is not followed': {
    because: 'the other origin is not allowed; redirects: { origins } allows it',
    program: async (send) => (await send(redirect(302, api.origin))).status,
    ours: { code: 'REDIRECT_BLOCKED', status: 302 },
    theirs: 401,
  },
  'an eleventh redirect is not followed': {
    because: 'ten are enough for a service; redirects: { limit } changes it',
    program: async (send) => (await send(`${origin}/hops?left=11`)).status,
    ours: { code: 'REDIRECT_BLOCKED' },
    theirs: 200,
  },
  "redirect: 'error' has its own error": {
    because: 'each failure has a code',
    program: (send) => send(redirect(302, '/text'), { redirect: 'error' }),
    ours: { code: 'REDIRECT_BLOCKED', status: 302 },
    theirs: typeError,
  },
  'a redirect of a stream body has its own error': {
    because: 'the error says why the redirect was not followed',
    program: (send) => send(redirect(307, '/echo'), aStream()),
    theirs: { name: 'TypeError' },
    ours: { code: 'REDIRECT_BLOCKED' },
  },
  'after a stream body no redirect is followed, not even one that becomes a GET': {
    because: 'following it would need a copy of the whole stream',
    program: async (send) => (await send(redirect(303, '/text'), aStream())).text(),
    theirs: 'héllo',
    ours: { code: 'REDIRECT_BLOCKED' },
  },
  'a form is readable after a redirect': {
    because: 'undici 7 sends a new boundary with the old content-type',
    program: (send) => redirectForm(send),
    ours: [['a', '1']],
    theirs: typeError,
  },
  'a refused connection has its own error': {
    because: 'each failure has a code; SDKs recognise it by the code of its cause',
    program: (send) => send(closedOrigin),
    fetch: bare.fetch,
    ours: { code: 'TRANSPORT', origin: closedOrigin, retryable: true, cause: { code: 'ECONNREFUSED' } },
    theirs: { name: 'TypeError', cause: { code: 'ECONNREFUSED' } },
  },
  'an interrupted body has its own error': {
    because: 'each failure has a code',
    program: async (send) => (await send(`${origin}/cut`)).text(),
    ours: { code: 'TRANSPORT', origin },
    theirs: typeError,
  },
  'a body is not a byte stream': {
    because: 'a byte stream detaches buffers that other code may still use',
    program: async (send) => (await send(`${origin}/text`)).body?.getReader({ mode: 'byob' }).read(new Uint8Array(3)),
    ours: typeError,
    theirs: { done: false, value: new TextEncoder().encode('hé') },
  },
  'integrity is checked for each redirect response too': {
    because: 'each redirect is a separate fetch',
    program: async (send) => (await send(redirect(302, '/text'), { integrity: integrity('héllo') })).text(),
    ours: { code: 'TRANSPORT', reason: 'REFUSED', retryable: false },
    theirs: 'héllo',
  },
  'the content-type of a form is replaced': {
    because: 'without the boundary the form cannot be read',
    program: async (send) => (await sendFormAs(send, 'a/b')).text(),
    ours: expect.stringMatching(/^multipart\/form-data; boundary=/),
    theirs: 'a/b',
  },
  'a wrong integrity has its own error, and is not retried': {
    because: 'each failure has a code',
    program: (send) => send(`${origin}/text`, { integrity: integrity('') }),
    ours: { code: 'TRANSPORT', reason: 'REFUSED', retryable: false },
    theirs: typeError,
  },
  'a Request of another copy of undici has its own error': {
    because: 'it is no Request to this platform; with a base URL its text would be a path',
    program: (send) => send({ url: `${origin}/text`, toString: () => '[object Request]' } as unknown as Request),
    ours: { code: 'INVALID_URL' },
    theirs: typeError,
  },
  'a dispatcher inside a Request is not used': {
    because: 'a Request does not show it; pass it beside the Request, or use withUndici',
    program: async (send) => (await send(new Request(`${origin}/text`, withDispatcher))).text(),
    ours: 'héllo',
    theirs: typeError,
  },
  'header names given as Headers are sent in lower case': {
    because: 'names are compared without case (RFC 9110 §5.1); in a plain object they keep their case',
    program: (send) => sentNames(send, new Headers({ 'X-Case': '1' })),
    fetch: bare.fetch,
    ours: ['x-case'],
    theirs: ['X-Case'],
  },
  'an invalid URL is not quoted': {
    because: 'it may contain a secret',
    program: (send) => send('http://[secret'),
    ours: { code: 'INVALID_URL', message: expect.not.stringContaining('secret') },
    theirs: { name: 'TypeError', message: expect.stringContaining('secret') },
  },
  'user and password in a URL are not quoted': {
    because: 'they are secrets',
    program: (send) => send(origin.replace('//', '//me:secret@')),
    ours: { code: 'INVALID_URL', message: expect.not.stringContaining('secret') },
    theirs: { name: 'TypeError', message: expect.stringContaining('secret') },
  },
  'an invalid header is named but not quoted': {
    because: 'it may be a secret',
    program: (send) => send(origin, { headers: { 'x-key': 'secret\n!' } }),
    ours: { code: 'INVALID_HEADER', header: 'x-key', message: expect.not.stringContaining('secret') },
    theirs: { name: 'TypeError', message: expect.stringContaining('secret') },
  },
  'a body that is too large is not read completely': {
    because: 'a response must not fill the memory; maxResponseBytes (default 10 MiB) changes it',
    program: async (send) => (await send(`${origin}/text`)).text(),
    fetch: createClient({ maxResponseBytes: 4 }).fetch,
    ours: { code: 'BODY_TOO_LARGE', limitBytes: 4 },
    theirs: 'héllo',
  },
};

test.each(Object.entries(different))('different: %s', async (_, { program, ours, theirs, fetch = client.fetch }) => {
  expectOutcome(await getOutcome(program, fetch), ours);
  if (theirs !== undefined) expectOutcome(await getOutcome(program, globalThis.fetch), theirs);
});

test('different: a GET answered with 503 is retried, because it often succeeds then', async () => {
  let requests = 0;
  const busy = await guardedApi((_, outgoing) => outgoing.writeHead((requests += 1) < 3 ? 503 : 200).end());
  const retrying = createClient({ random: () => 0 });

  const theirs = await fetch(busy.openOrigin);
  const ours = await retrying.fetch(busy.openOrigin);

  expect([theirs.status, ours.status, requests]).toEqual([503, 200, 3]);
  await busy.close();
});

test('different: an attempt ends after 30 s without a response, so that no caller waits forever', async () => {
  const clock = virtualClock();
  const waiting = createClient({ baseUrl: origin, retry: 0, clock }, withBearerAuth(token));
  const { arrived, disconnected: brokenOff } = api.watch('/hang');

  const failure = catchFailure(() => waiting.fetch('/hang'));
  await arrived;
  await clock.advance(30_000);

  expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 30_000 });
  await brokenOff;
});

/** The result or the error of a program. */
async function getOutcome(program: Difference['program'], fetch: typeof globalThis.fetch): Promise<unknown> {
  try {
    return await program(fetch);
  } catch (error) {
    return error;
  }
}

function expectOutcome(outcome: unknown, expected: unknown): void {
  if (outcome instanceof Error) expect(outcome).toMatchObject(expected as object);
  else expect(outcome).toEqual(expected);
}

/** A dispatcher that refuses everything. */
const refuse = (): never => {
  throw new Error('refused');
};
const withDispatcher = { dispatcher: { dispatch: refuse } } as unknown as RequestInit;

/** The names of our headers, as the server receives them. */
async function sentNames(send: typeof fetch, headers: Headers): Promise<unknown> {
  const names: string[] = [];
  const server = createServer(({ rawHeaders }, outgoing) => {
    names.push(...rawHeaders.filter((text) => text.toLowerCase() === 'x-case'));
    outgoing.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers });
  server.close();
  return names;
}

/** The form that the server receives after a redirect. */
async function redirectForm(send: typeof fetch): Promise<unknown> {
  const form = new FormData();
  form.set('a', '1');
  const response = await send(redirect(307, '/echo'), { method: 'POST', body: form });
  const { headers, body } = (await response.json()) as Echo;
  return [...(await new Response(body, { headers }).formData())];
}

async function sendFormAs(send: typeof fetch, type: string): Promise<Response> {
  const init = { method: 'POST', body: new FormData(), headers: { 'content-type': type } };
  return send(`${origin}/header?name=content-type`, init);
}
