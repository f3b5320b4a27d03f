import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { amount } from '../../../../test/amount.ts';

const run = promisify(execFile);
const calls = amount(40_000);
/** One leaked response is 10 KiB or more: of 40,000 calls, one in 400 may not leak. */
const mostGrowthBytes = 1024 * 1024;

/** Cuts bodies off, sends large ones, and answers 503. */
async function startServer(): Promise<string> {
  const server = createServer(({ url }, response) => {
    if (url === '/503') return response.writeHead(503, { 'retry-after': '0' }).end('x'.repeat(90_000));
    if (url === '/large') return response.end('x'.repeat(100_000));
    response.writeHead(200, { 'content-length': 1_000 });
    return response.write('first', () => setTimeout(() => response.socket?.resetAndDestroy(), 1));
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(['fetch', 'undici'])(
  `over %s, ${calls} bodies that are cut, left, refused or discarded leave the heap as it was`,
  { timeout: 1_800_000 },
  async (network) => {
    const program = fileURLToPath(new URL('../fixtures/unread-bodies.ts', import.meta.url));
    const args = ['--expose-gc', program, network, await startServer(), String(calls)];

    const { stdout } = await run(process.execPath, args);

    const heap = JSON.parse(stdout) as number[];
    process.stderr.write(`${network}: heap in MB ${heap.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ')}\n`);
    expect((heap.at(-1) ?? Infinity) - (heap[0] ?? 0)).toBeLessThan(mostGrowthBytes);
  },
);
