import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { memoryTokenStore, serveTokenStore } from '../../src/store/index.ts';

test('eight workers over a port make one token request, and end by themselves', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    requests += 1;
    const answer = async (): Promise<void> => {
      await setTimeout(200);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: `t${requests}`, token_type: 'Bearer', expires_in: 3600 }));
    };
    void answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const store = memoryTokenStore();
  const file = new URL('../store/fixtures/worker.ts', import.meta.url);

  const values = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const worker = new Worker(file, { workerData: `http://127.0.0.1:${port}/token` });
      serveTokenStore(store, worker);
      const value = new Promise((resolve) => {
        worker.on('message', (message) => message.type === 'token' && resolve(message.value));
      });
      await once(worker, 'exit');
      return value;
    }),
  );
  server.close().closeAllConnections();

  expect(new Set(values)).toEqual(new Set(['t1']));
  expect(requests).toBe(1);
});
