import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import { afterAll, expect, test } from 'vitest';
import { startGround } from './fetch-ground.ts';
import type { Echo } from './fetch-ground.ts';
import { failureOf, guardedApi } from './guarded-api.ts';

const { api, origin, client, token, close } = await startGround();
const bare = createClient({ retry: 0 });
const nobody = await addressOfNobody();
afterAll(close);

/** What ends otherwise than with the global `fetch`, and why. */
interface Difference {
  readonly because: string;
  /** Ends with what it returns, or with the error it throws. */
  readonly program: (fetch: typeof globalThis.fetch) => Promise<unknown>;
  /** What is done instead: a value, or parts of an error. */
  readonly ours: unknown;
  /** What the global `fetch` does; left out where that would leave this machine. */
  readonly theirs?: unknown;
  /** Default: the client with a token. */
  readonly fetch?: typeof globalThis.fetch;
}

const typeError = { name: 'TypeError' };
const sriOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const aStream = (): RequestInit => ({ method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' });
const redirect = (status: number, to: string): string =>
  `${origin}/redirect?${new URLSearchParams({ status: `${status}`, to })}`;

const different: Readonly<Record<string, Difference>> = {
  'http beyond this machine is refused': {
    because: 'what is sent could be read on the way; insecureHttp allows it',
    program: (send) => send('http://api.example/'),
    fetch: bare.fetch,
    ours: { code: 'INVALID_SCHEME' },
  },
  'a data: URL is refused': {
    because: 'https only, and http on this machine',
    program: async (send) => (await send('data:text/plain,hi')).text(),
    fetch: bare.fetch,
    ours: { code: 'INVALID_SCHEME' },
    theirs: 'hi',
  },
  'a call to an origin that the token is not for is not sent': {
    because: 'whoever has a token can use it',
    program: async (send) => (await send(api.origin)).status,
    ours: { code: 'DESTINATION_NOT_ALLOWED' },
    theirs: 401,
  },
  "a token takes the place of the caller's own": {
    because: 'who gives a client a token means it; respectExisting: true turns it round',
    program: async (send) =>
      (await send(`${origin}/header?name=authorization`, { headers: { authorization: 'Bearer mine' } })).text(),
    ours: expect.stringMatching(/^Bearer opaque-token-\d+$/),
    theirs: 'Bearer mine',
  },
  'a client has a name of its own': {
    because: 'a server should know who calls; userAgent sets it',
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
    because: 'nobody said that the call may go there; redirects: { origins } does',
    program: async (send) => (await send(redirect(302, api.origin))).status,
    ours: { code: 'REDIRECT_BLOCKED', status: 302 },
    theirs: 401,
  },
  'an eleventh redirect is not followed': {
    because: 'ten are enough for a service; redirects: { limit } sets it',
    program: async (send) => (await send(`${origin}/hops?left=11`)).status,
    ours: { code: 'REDIRECT_BLOCKED' },
    theirs: 200,
  },
  "redirect: 'error' has an error of its own": {
    because: 'a failure has a code',
    program: (send) => send(redirect(302, '/text'), { redirect: 'error' }),
    ours: { code: 'REDIRECT_BLOCKED', status: 302 },
    theirs: typeError,
  },
  'a stream that would have to be sent again has an error of its own': {
    because: 'the caller is told what was wrong with the redirect',
    program: (send) => send(redirect(307, '/echo'), aStream()),
    theirs: { name: 'TypeError' },
    ours: { code: 'REDIRECT_BLOCKED' },
  },
  'after a stream no redirect is followed, not even one that becomes a GET': {
    because: 'the network would keep a copy of the whole stream to be able to say that there was one',
    program: async (send) => (await send(redirect(303, '/text'), aStream())).text(),
    theirs: 'héllo',
    ours: { code: 'REDIRECT_BLOCKED' },
  },
  'a form that is sent on by a redirect can be read there': {
    because: 'undici 7 writes it with a new boundary below the old content-type',
    program: (send) => formSentOn(send),
    ours: [['a', '1']],
    theirs: typeError,
  },
  'a refused connection has an error of its own': {
    because: "a failure has a code, and the platform's may quote what was sent",
    program: (send) => send(nobody),
    fetch: bare.fetch,
    ours: { code: 'TRANSPORT', reason: 'ECONNREFUSED', origin: nobody, retryable: true },
    theirs: { name: 'TypeError', cause: { code: 'ECONNREFUSED' } },
  },
  'a body that breaks off has an error of its own': {
    because: 'a failure has a code',
    program: async (send) => (await send(`${origin}/cut`)).text(),
    ours: { code: 'TRANSPORT', origin },
    theirs: typeError,
  },
  'a body is no stream of bytes': {
    because: 'a byte stream takes the buffers that it is given away from whoever else may hold them',
    program: async (send) => (await send(`${origin}/text`)).body?.getReader({ mode: 'byob' }).read(new Uint8Array(3)),
    ours: typeError,
    theirs: { done: false, value: new TextEncoder().encode('hé') },
  },
  'an integrity that is right after a redirect is refused before it': {
    because: 'each hop is a fetch of its own, so the answer that redirects is measured too',
    program: async (send) => (await send(redirect(302, '/text'), { integrity: sriOf('héllo') })).text(),
    ours: { code: 'TRANSPORT', reason: 'REFUSED', retryable: false },
    theirs: 'héllo',
  },
  'a content-type that is given with a form gives way': {
    because: 'without the boundary of the form nobody could read it',
    program: async (send) => (await formAs(send, 'a/b')).text(),
    ours: expect.stringMatching(/^multipart\/form-data; boundary=/),
    theirs: 'a/b',
  },
  'a wrong integrity has an error of its own, and is not tried again': {
    because: 'a failure has a code',
    program: (send) => send(`${origin}/text`, { integrity: sriOf('') }),
    ours: { code: 'TRANSPORT', reason: 'REFUSED', retryable: false },
    theirs: typeError,
  },
  'what is no URL is not quoted': {
    because: 'it may hold a secret',
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
  'a header that cannot be sent is named and not quoted': {
    because: 'it may be a secret',
    program: (send) => send(origin, { headers: { 'x-key': 'secret\n!' } }),
    ours: { code: 'INVALID_HEADER', header: 'x-key', message: expect.not.stringContaining('secret') },
    theirs: { name: 'TypeError', message: expect.stringContaining('secret') },
  },
  'a body that is too large is not read to its end': {
    because: 'no answer may fill the memory; maxResponseBytes sets it, to 10 MiB by default',
    program: async (send) => (await send(`${origin}/text`)).text(),
    fetch: createClient({ maxResponseBytes: 4 }).fetch,
    ours: { code: 'BODY_TOO_LARGE', limitBytes: 4 },
    theirs: 'héllo',
  },
};

test.each(Object.entries(different))('different: %s', async (_, { program, ours, theirs, fetch = client.fetch }) => {
  expectOutcome(await outcomeOf(program, fetch), ours);
  if (theirs !== undefined) expectOutcome(await outcomeOf(program, globalThis.fetch), theirs);
});

test('different: a GET that is told to come later is sent again, because it often succeeds then', async () => {
  let asked = 0;
  const busy = await guardedApi((_, outgoing) => outgoing.writeHead((asked += 1) < 3 ? 503 : 200).end());
  const patient = createClient({ random: () => 0 });

  const theirs = await fetch(busy.openOrigin);
  const ours = await patient.fetch(busy.openOrigin);

  expect([theirs.status, ours.status, asked]).toEqual([503, 200, 3]);
  await busy.close();
});

test('different: a server that does not answer is left after 30 s, because nobody should wait for ever', async () => {
  const clock = virtualClock();
  const waiting = createClient({ baseUrl: origin, retry: 0, clock }, withBearerAuth(token));
  const { arrived, brokenOff } = api.watch('/hang');

  const failure = failureOf(() => waiting.fetch('/hang'));
  await arrived;
  await clock.advance(30_000);

  expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 30_000 });
  await brokenOff;
});

/** What a program ends with: a value or an error. */
async function outcomeOf(program: Difference['program'], fetch: typeof globalThis.fetch): Promise<unknown> {
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

/** What a server reads of a form that came by way of a redirect. */
async function formSentOn(send: typeof fetch): Promise<unknown> {
  const form = new FormData();
  form.set('a', '1');
  const response = await send(redirect(307, '/echo'), { method: 'POST', body: form });
  const { headers, body } = (await response.json()) as Echo;
  return [...(await new Response(body, { headers }).formData())];
}

async function formAs(send: typeof fetch, type: string): Promise<Response> {
  const init = { method: 'POST', body: new FormData(), headers: { 'content-type': type } };
  return send(`${origin}/header?name=content-type`, init);
}

async function addressOfNobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
