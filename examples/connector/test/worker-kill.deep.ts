import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { amount } from '../../../test/amount.ts';
import { seededRandom } from '../../../test/faults/seeded-random.ts';
import { postgres } from '../../../test/services.ts';
import { enqueue } from '../src/worker/enqueue.ts';
import { createFleet, readOutput } from './worker-fleet.ts';
import type { Command, Fleet } from './worker-fleet.ts';

const there = test.skipIf(!postgres.isThere);
const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
const runs = amount(50);
const kills = amount(25);

there.for(['database', 'folder'] as const)(
  `${kills} workers killed at random moments of ${runs} runs lose and double nothing (%s)`,
  { timeout: 600_000 },
  async (target) => {
    console.log(`SEED=${seed}`);
    const fleet = await createFleet();
    await fleet.shop.pull();
    const expected = fleet.shop.output();
    const names = Array.from({ length: runs }, (_, index) => `shop-${index + 1}`);
    const isOrdered = target === 'database'; // in the folder, the lists of a source are pulled at the same time
    const source = { concurrency: isOrdered ? 1 : 3 };
    const documents = await Promise.all(names.map((name) => fleet.document(name, { source })));
    const args = [...documents, '--concurrency', '4', ...(target === 'folder' ? ['--out', 'out'] : [])];

    const killed = await killWorkers(fleet, args);
    await using database = await fleet.open();
    for (const name of names) await enqueue(database, name);
    const done = await fleet.settled(database, runs);
    const outputs = await Promise.all(done.map((run) => readOutput(database, run)));

    const takenOver = done.filter(({ attempts }) => attempts > 1).length;
    console.log(JSON.stringify({ kills: killed(), takenOver }));
    expect(done.filter(({ state }) => state !== 'succeeded')).toEqual([]);
    const ordered = (output: string): string => (isOrdered ? output : output.split('\n').toSorted().join('\n'));
    for (const [index, output] of outputs.entries()) {
      expect(ordered(output), done[index]?.connector).toBe(ordered(expected));
    }
    expect(killed()).toBeGreaterThan(kills / 2);
    if (kills >= 25) expect(takenOver).toBeGreaterThan(10);
  },
);

/** Starts three workers; kills one at a time, at a random request or a moment after it, and starts another. */
async function killWorkers(fleet: Fleet, args: readonly string[]): Promise<() => number> {
  const random = seededRandom(seed);
  const alive: Command[] = await Promise.all([1, 2, 3].map(() => fleet.startWorker(...args)));
  const step = (): number => 5 + Math.floor(random() * 30);
  let killed = 0;
  let next = fleet.shop.api.requests + step();
  const killOne = async (): Promise<void> => {
    const index = Math.floor(random() * alive.length);
    alive[index]?.kill('SIGKILL');
    killed += 1;
    alive[index] = fleet.start('worker', ...args, ...fleet.quick);
  };
  fleet.shop.api.onRequest((_request, response) => {
    if (fleet.shop.api.requests < next || killed >= kills) return undefined;
    next = fleet.shop.api.requests + step();
    const delayMs = random() * 6;
    if (delayMs < 1) void killOne();
    else response.once('finish', () => void pause(delayMs - 1).then(killOne));
    return undefined;
  });
  return () => killed;
}
