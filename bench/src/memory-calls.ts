import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { setImmediate } from 'node:timers/promises';
import { held } from './held.ts';
import { report } from './run-child.ts';
import { home, order, stubToken } from './stubs.ts';

/** The heap before and after many calls through the whole stack: `memory-calls.ts <calls>`. Needs `--expose-gc`. */
const calls = Number(process.argv[2]);
const network = layer('transport', 'stub', () => async () => new Response(order));
const client = createClient({ baseUrl: home }, network, withBearerAuth(await stubToken()));

await call(10_000);
const before = await held('heapUsed');
await call(calls);
report({ before, after: await held('heapUsed') });

async function call(times: number): Promise<void> {
  for (let done = 0; done < times; done += 64) {
    await Promise.all(Array.from({ length: 64 }, async () => (await client.fetch('/orders/42')).json()));
    await setImmediate(); // the target of a WeakRef is kept until the turn ends
  }
}
