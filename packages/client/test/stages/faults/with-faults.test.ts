import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import type { ClientOptions } from '../../../src/client-options.ts';
import { withFaults } from '../../../src/stages/faults/with-faults.ts';
import type { FaultOptions } from '../../../src/stages/faults/with-faults.ts';
import { caught } from '../../caught.ts';
import { ok, scriptedFetch, times } from '../../scripted.ts';

const url = 'https://api.test/';

function scene(faults: FaultOptions, options: ClientOptions = {}) {
  const clock = virtualClock();
  const network = scriptedFetch(...times(100, ok));
  const { fetch } = createClient({ fetch: network, clock, random: () => 0, retry: 0, ...options }, withFaults(faults));
  return { fetch, clock, network };
}

test('a request with a fault is answered without the server, and its answer says so', async () => {
  const { fetch, network } = scene({ ratio: 1, faults: [{ status: 429, headers: { 'retry-after': '2' } }] });

  const answer = await fetch(url);

  expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('x-fault')]).toEqual([
    429,
    '2',
    'injected',
  ]);
  expect(await answer.text()).toBe('injected by withFaults');
  expect(network.sent).toEqual([]);
});

test('a status without a body has none, and a HEAD neither', async () => {
  const { fetch } = scene({ ratio: 1, faults: [{ status: 204 }] });
  const head = scene({ ratio: 1, faults: [{ status: 500 }] });

  const [empty, failed] = [await fetch(url), await head.fetch(url, { method: 'HEAD' })];

  expect([empty.status, failed.status]).toEqual([204, 500]);
  expect([await empty.text(), await failed.text()]).toEqual(['', '']);
});

test('a connection that fails is retried as a real one: a POST only when it was certainly not sent', async () => {
  const random = (): number => 0;
  const retry = { limit: 2 };
  const shares = [1, 0, 1, 0];
  const reset = scene({ ratio: () => shares.shift() ?? 0, faults: [{ reason: 'ECONNRESET' }] }, { random, retry });
  const refused = scene(
    { ratio: () => (refused.network.sent.length === 0 ? 0.5 : 0), faults: [{ reason: 'ECONNREFUSED' }] },
    {},
  );

  const got = await reset.fetch(url);
  const posted = await caught(() => reset.fetch(url, { method: 'POST', body: 'x' }));
  const failed = await caught(() => refused.fetch(url));

  expect(got.status).toBe(200);
  expect(posted).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNRESET', notRetried: 'method' });
  expect(failed).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNREFUSED', wasProcessed: false });
});

test('a delay holds the request back, and ends with its call', async () => {
  const { fetch, clock, network } = scene({ ratio: 1, faults: [{ delayMs: 500 }] });

  const answer = fetch(url);
  await clock.advance(499);
  const before = network.sent.length;
  await clock.advance(1);
  const late = caught(() => fetch(url, { timeout: 100 }));
  await clock.advance(100);

  expect([before, (await answer).status]).toEqual([0, 200]);
  expect(await late).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
  expect(clock.pending).toBe(0);
});

test('the share of requests that have a fault is the ratio, and only the chosen requests have any', async () => {
  let draw = 0;
  const random = (): number => (draw = (draw + 0.1) % 1);
  const when: FaultOptions['when'] = (request) => request.url.endsWith('/orders');
  const chosen = scene({ ratio: 1, faults: [{ status: 503 }], when });
  const some = scene({ ratio: 0.3, faults: [{ status: 503 }] }, { random });

  const answers = await Promise.all(['orders', 'health'].map((path) => chosen.fetch(url + path)));
  const statuses = [];
  for (let count = 0; count < 8; count += 1) statuses.push((await some.fetch(url)).status);

  expect(answers.map(({ status }) => status)).toEqual([503, 200]);
  expect(statuses.filter((each) => each === 503).length).toBeGreaterThan(0);
  expect(statuses.filter((each) => each === 200).length).toBeGreaterThan(0);
});

test.each([
  [{ faults: [{ status: 503 }] }, 'ratio must be a number from 0 to 1, or a function'],
  [{ ratio: 2, faults: [{ status: 503 }] }, 'ratio must be a number from 0 to 1, or a function'],
  [{ ratio: 0.1 }, 'faults must be a list of faults, such as { status: 503 }'],
  [{ ratio: 0.1, faults: [] }, 'faults must be a list of faults'],
  [{ ratio: 0.1, faults: [{ status: 100 }] }, 'faults[0].status must be a status from 200 to 599, not 100'],
  [{ ratio: 0.1, faults: [{ status: 500, reason: 'ECONNRESET' }] }, 'faults[0] has a status and a reason'],
  [{ ratio: 0.1, faults: [{ delay: 5 }] }, 'withFaults has no option faults[0].delay. Did you mean faults[0].delayMs?'],
])('options %j are refused', (options, message) => {
  expect(() => withFaults(options as unknown as FaultOptions)).toThrow(message);
});

test('a ratio that is no share fails the call', async () => {
  const { fetch } = scene({ ratio: () => 7, faults: [{ status: 503 }] });

  await expect(fetch(url)).rejects.toThrow('ratio must be a number from 0 to 1');
});
