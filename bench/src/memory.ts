import { atMost } from './bars.ts';
import type { Findings } from './bars.ts';
import { undiciLayer } from './contenders/undici-layer.ts';
import { runChild } from './run-child.ts';
import type { Settings } from './settings.ts';
import { startServer } from './start-server.ts';
import { figure } from './table.ts';

const mebibyte = 1_024 * 1_024;
const flags = ['--expose-gc'];

/** Memory held by tokens, by tenants, after many calls, and during long bodies. */
export async function memory({ extent, tell }: Settings): Promise<Findings> {
  tell('memory: tokens and tenants');
  const kinds = ['token', 'acquired', 'tenant', 'acquiredTenant'] as const;
  const kept = await runChild({ file: 'memory-tokens.ts', flags }, kinds);
  const calls = extent === 'quick' ? 100_000 : 1_000_000;
  tell(`memory: ${calls} calls`);
  const heap = await runChild({ file: 'memory-calls.ts', args: [calls], flags }, ['before', 'after']);
  const streams = await throughput(tell);
  const rows = [
    ['bytes per Token, lazy', figure(kept.token)],
    ['bytes per Token, with its token and timer', figure(kept.acquired)],
    ['bytes per tenant of a TokenPool, never used', figure(kept.tenant)],
    ['bytes per tenant of a TokenPool, with its token', figure(kept.acquiredTenant)],
    ['heap after 10 000 calls, MiB', figure(heap.before / mebibyte)],
    [`heap after ${calls / 1_000_000} M calls more, MiB`, figure(heap.after / mebibyte)],
    ...streams.map(({ title, peak }) => [`${title}: held, MiB`, figure(peak / mebibyte)]),
  ];
  const held = streams.filter(({ isJudged }) => isJudged);
  return {
    tables: [{ title: 'Memory', head: ['what', 'amount'], rows, note: 'Right after a collection: only what is held.' }],
    verdicts: held.map(({ title, peak }) => atMost(title, peak / mebibyte, { most: 2, unit: 'MiB' })),
    samples: { kept, heap, streams },
  };
}

interface Stream {
  readonly title: string;
  readonly peak: number;
  readonly isJudged: boolean;
}

/** The controls: they must hold everything, or the measurement is wrong. */
const controls: Readonly<Record<string, string>> = {
  'control up': 'ky alone, which keeps a copy',
  'control down': 'a clone is read, the original not',
};

async function throughput(tell: Settings['tell']): Promise<readonly Stream[]> {
  const networks = (await undiciLayer()) === undefined ? ['fetch'] : ['fetch', 'undici'];
  const { origin, close } = await startServer();
  const ways = networks.flatMap((network) => [`${network} up`, `${network} down`]);
  const streams: Stream[] = [];
  for (const way of [...ways, 'control up', 'control down']) {
    const [network = '', direction = ''] = way.split(' ');
    const who = controls[way] ?? `client.fetch, ${network}`;
    const title = `128 MiB ${direction}, ${who}`;
    tell(`memory: ${title}`);
    const { peak } = await runChild({ file: 'memory-stream.ts', args: [network, direction, origin], flags }, ['peak']);
    streams.push({ title, peak, isJudged: network !== 'control' });
  }
  close();
  return streams;
}
