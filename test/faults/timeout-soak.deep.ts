import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { getEventListeners } from 'node:events';
import { expect } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';
import { createLoopbackService } from './create-loopback-service.ts';
import { replay } from './replay.ts';

const limits = { timeout: 30_000, totalTimeout: 60_000 };

/** Makes calls one after the other, all with the same signal. */
async function calls(count: number, client: Client, signal: AbortSignal): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const response = await client.fetch('orders', { signal, ...limits });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  }
}

async function heapBytes(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The listeners left on a signal after finalizers have run. Node decides when they run. */
async function listeners(signal: AbortSignal): Promise<number> {
  const left = (): number => getEventListeners(signal, 'abort').length;
  for (let round = 0; round < 30 && left() > 0; round += 1) await collectGarbage();
  return left();
}

replay('TO-016', async ({ hides }) => {
  const fetch: typeof globalThis.fetch = async () => new Response('ok');
  const token = staticToken('at_CANARY_1');
  const inProcess = createClient({ baseUrl: 'https://api.example', fetch, ...limits }, withBearerAuth(token));
  const { signal } = new AbortController();

  await calls(2_000, inProcess, signal); // warm-up: objects that are created once
  const before = await heapBytes();
  await calls(2_000, inProcess, signal);

  // one leaked signal per call would be three times as much
  expect((await heapBytes()) - before).toBeLessThan(256 * 1024);
  expect(await listeners(signal)).toBe(0);

  const { client } = await createLoopbackService();
  await calls(100, client, signal);
  expect(await listeners(signal)).toBe(0);
  hides(client);
});
