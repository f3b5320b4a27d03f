import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { withUndici } from '@bearings/undici';
import { expect, onTestFinished, test } from 'vitest';
import type { ClientOptions } from '../../src/client-options.ts';
import { createClient } from '../../src/client.ts';
import { withCircuitBreaker } from '../../src/stages/circuit-breaker/circuit-breaker.ts';
import { systemClock } from '../../src/time/clock.ts';

/** How long a limit lasts, and how long the loop is blocked: longer than the limit. */
const limitMs = 100;
const blockedMs = 300;

/** A server in a thread of its own: it answers while the loop of the client is blocked. */
const source = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/body') response.writeHead(200, { 'content-length': 4 }).write('do');
    request.resume().on('end', () => setTimeout(() => response.end(request.url === '/body' ? 'ne' : 'done'), 20));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

async function startServer(): Promise<string> {
  const worker = new Worker(source, { eval: true });
  onTestFinished(() => void worker.terminate());
  const [port] = await once(worker, 'message');
  return `http://127.0.0.1:${port}`;
}

function block(): void {
  const end = performance.now() + blockedMs;
  while (performance.now() < end);
}

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
    const origin = await startServer();
    const warm = createClient({ baseUrl: origin, retry: 0 }, ...layers());
    await warm.post('warm', { body: 'x' }).text();
    const api = warm.extend(options);

    const response = api.post(path.slice(1), { body: 'x' });
    const answer = path === '/body' ? (await response).text() : response.text();
    for (let turn = 0; turn < 5; turn += 1) await setImmediate(); // the request is on the wire
    block();

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
  block(); // both are due in one turn
  await acted;

  expect(events).toEqual(['another timer of the same turn', 'timer']);
});

test('a circuit breaker does not count an answer that came while the loop was blocked', async () => {
  const origin = await startServer();
  const states: string[] = [];
  const breaker = withCircuitBreaker({
    minimumCalls: 1,
    failureRatio: 0.1,
    onStateChange: ({ state }) => states.push(state),
  });
  const api = createClient({ baseUrl: origin, retry: 0, timeout: limitMs }, breaker);
  await api.get('warm').text();

  const answer = api.get('a').text();
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  block();

  expect(await answer).toBe('done');
  expect(states).toEqual([]);
});
