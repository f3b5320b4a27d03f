import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { withUndici } from '@bearings/undici';
import { expect, onTestFinished, test } from 'vitest';
import type { ClientOptions } from '../../src/client-options.ts';
import { createClient } from '../../src/client.ts';
import { withCircuitBreaker } from '../../src/stages/circuit-breaker/circuit-breaker.ts';
import { systemClock } from '../../src/time/clock.ts';

/** How long a limit lasts. The loop is blocked until that has passed, and the server has answered. */
const limitMs = 300;

/** A server in a thread of its own: it answers while the loop of the client is blocked. It counts requests and answers. */
const source = `
  const { parentPort, workerData: counts } = require('node:worker_threads');
  const count = (place) => { Atomics.add(counts, place, 1); Atomics.notify(counts, place); };
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/body') response.writeHead(200, { 'content-length': 4 }).write('do');
    response.on('finish', () => count(1));
    request.resume().on('end', () => {
      count(0);
      setTimeout(() => response.end(request.url === '/body' ? 'ne' : 'done'), 20);
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

async function startServer() {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(source, { eval: true, workerData: counts });
  onTestFinished(() => void worker.terminate());
  const [port] = await once(worker, 'message');
  const countRequests = (): number => Atomics.load(counts, 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    countRequests,
    /** Lets the loop run until the server has so many requests, and blocks it until they are answered and `limitMs` have passed. */
    blockAfter: async (requests: number): Promise<void> => {
      while (countRequests() < requests) await setImmediate();
      const start = performance.now();
      for (let answers = 0; answers < requests; answers = Atomics.load(counts, 1)) Atomics.wait(counts, 1, answers);
      sleep(Math.max(0, start + limitMs + 20 - performance.now()));
    },
  };
}

/** Blocks the loop. */
const sleep = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const transports = [
  ['over fetch', () => []],
  [
    'over undici',
    () => {
      const network = withUndici();
      onTestFinished(() => void network.destroy());
      return [network];
    },
  ],
] as const;

const limits: readonly (readonly [string, string, ClientOptions])[] = [
  ['the limit of an attempt', '/', { timeout: limitMs }],
  ['the limit of the call', '/', { totalTimeout: limitMs, timeout: false }],
  ['the limit of a pause in the body', '/body', { bodyTimeout: limitMs }],
];

test.each(transports.flatMap(([over, layers]) => limits.map((limit) => [...limit, over, layers] as const)))(
  '%s does not fail an answer that came while the loop was blocked (%s, %o, %s)',
  async (...[, path, options, , layers]) => {
    const { origin, countRequests, blockAfter } = await startServer();
    const warm = createClient({ baseUrl: origin, retry: 0 }, ...layers());
    await warm.post('warm', { body: 'x' }).text();
    const before = countRequests();
    const api = warm.extend(options);

    const response = api.post(path.slice(1), { body: 'x' });
    const answer = path === '/body' ? (await response).text() : response.text();
    await blockAfter(before + 1);

    expect(await answer).toBe('done');
  },
);

test('a timer gives sockets one turn before it acts', async () => {
  const events: string[] = [];
  const acted = new Promise<void>((resolve) => {
    systemClock.schedule(1, () => {
      events.push('timer');
      resolve();
    });
  });
  setTimeout(() => events.push('another timer of the same turn'), 1);
  sleep(20); // both are due in one turn
  await acted;

  expect(events).toEqual(['another timer of the same turn', 'timer']);
});

test('a circuit breaker does not count an answer that came while the loop was blocked', async () => {
  const { origin, blockAfter } = await startServer();
  const states: string[] = [];
  const breaker = withCircuitBreaker({
    minimumCalls: 1,
    failureRatio: 0.1,
    onStateChange: ({ state }) => states.push(state),
  });
  const api = createClient({ baseUrl: origin, retry: 0, timeout: limitMs }, breaker);
  await api.get('warm').text();

  const answer = api.get('a').text();
  await blockAfter(2);

  expect(await answer).toBe('done');
  expect(states).toEqual([]);
});
