import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createServers } from '../servers.ts';

const url = 'https://api.test/orders';

type Answer = (request: Request) => Response | Promise<Response>;

/** A client whose network returns these responses in order, and the requests it received. */
function scene(answers: readonly Answer[], options: ClientOptions = {}) {
  const clock = virtualClock();
  const sent: { readonly url: string; readonly at: number }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    sent.push({ url: request.url, at: clock.monotonic() });
    const answer = answers[sent.length - 1];
    if (answer === undefined) throw new Error('more was sent than there are answers');
    return answer(request);
  };
  return { client: createClient({ fetch, clock, random: () => 1, ...options }), clock, sent };
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response('', { status: code, headers });
const ok = status(200);
const silent: Answer = ({ signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
const broken: Answer = () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
};

/** The outcome of a call after the clock has advanced. */
async function after(clock: VirtualClock, ms: number, call: Promise<Response>): Promise<unknown> {
  const settled = Promise.allSettled([call]);
  await clock.advance(ms);
  const [outcome] = await settled;
  return outcome.status === 'fulfilled' ? outcome.value : outcome.reason;
}

test('a total timeout holds without retries, and ends the current attempt', async () => {
  const { client, clock, sent } = scene([silent], { retry: 0, timeout: false });

  const error = await after(clock, 1_000, client.fetch(url, { totalTimeout: 1_000 }));

  expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', phase: 'attempt', attempts: 1 });
  expect(sent).toHaveLength(1);
});

test('a Retry-After of 0 is followed at once by default; with retryAfterShortens: false the backoff is the minimum', async () => {
  const answers = [status(503, { 'retry-after': '0' }), ok];
  const byDefault = scene(answers);
  const atLeast = scene(answers, { retry: { retryAfterShortens: false } });

  await after(byDefault.clock, 1_000, byDefault.client.fetch(url));
  await after(atLeast.clock, 1_000, atLeast.client.fetch(url));

  expect([byDefault, atLeast].map(({ sent }) => sent.map(({ at }) => at))).toEqual([
    [0, 0],
    [0, 100],
  ]);
});

test('a POST whose connection breaks is sent once, unless the client allows a repetition', async () => {
  const careful = scene([broken, ok]);
  const bold = scene([broken, ok], { retry: { always: ['transport', 429] } });

  const error = await after(careful.clock, 1_000, careful.client.fetch(url, { method: 'POST', body: 'order' }));
  const answer = await after(bold.clock, 1_000, bold.client.fetch(url, { method: 'POST', body: 'order' }));

  expect(error).toMatchObject({ code: 'TRANSPORT' });
  expect(answer).toMatchObject({ status: 200 });
  expect([careful.sent.length, bold.sent.length]).toEqual([1, 2]);
});

test('a call holds its permit until the response headers arrive: an unread body holds none', async () => {
  const { client } = scene([() => new Response('a long body'), ok], { concurrency: 1 });

  const unread = await client.fetch(url);
  const next = await client.fetch(url);

  expect([unread.bodyUsed, next.status]).toEqual([false, 200]);
});

test('the timeout of an attempt includes the redirects that it follows', async () => {
  const held = Promise.withResolvers<Response>();
  const { client, clock, sent } = scene([() => held.promise, silent], { retry: 0, timeout: 1_000 });

  const call = client.fetch(url);
  await clock.advance(900);
  held.resolve(new Response(null, { status: 302, headers: { location: '/elsewhere' } }));
  const error = await after(clock, 100, call);

  expect(error).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 1_000 });
  expect(sent).toHaveLength(2);
});

test.each(['https://files.test:8443/x', 'http://files.test/x', 'https://api.files.test/x'])(
  'an allowed redirect origin is one scheme, host and port: not %s',
  async (location) => {
    const redirects = { origins: ['https://files.test'] };
    const { client, clock, sent } = scene([status(302, { location }), ok], { redirects, insecureHttp: true });

    const error = await after(clock, 0, client.fetch(url));

    expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED' });
    expect(sent).toHaveLength(1);
  },
);

test('after a role was granted, invalidate() replaces the token for every holder', async () => {
  const { fetch, provider } = createServers();
  const config = { tokenEndpoint: 'https://id.internal/token', clientId: 'billing', clientSecret: 'cs_CANARY' };
  const token = (await Token.create({ ...config, fetch })).unwrap();
  const poor = token.read().unwrap();

  const rich = (await token.invalidate(poor)).unwrap();

  expect(rich.secret.expose()).not.toBe(poor.secret.expose());
  expect(token.read().unwrap()).toBe(rich);
  expect(provider.seen).toHaveLength(2);
  await token.close();
});
