import { existsSync, statSync, watch } from 'node:fs';
import { expect, test } from 'vitest';
import { amount } from '../../../test/amount.ts';
import { createShop } from './shop.ts';
import type { Running, Shop } from './shop.ts';

const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
const trials = Math.max(amount(12), 4);

/** Counts when the kills happened: kills before or after a run prove nothing. */
const kills = { all: 0, amidRun: 0, tailBeyondCheckpoint: 0, checkpointHalfWritten: 0, endedBefore: 0 };

test(
  `a connector killed at ${trials} random moments has the same output as an undisturbed one`,
  { timeout: 300_000 },
  async () => {
    console.log(`SEED=${seed}`);
    const undisturbed = await runAndReadOutput(async () => {});
    const runs = Array.from({ length: trials }, (_, trial) => trial);
    const outputs: string[] = [];

    const worker = async (): Promise<void> => {
      for (let trial = runs.shift(); trial !== undefined; trial = runs.shift()) {
        const random = createRandom(seed + trial);
        outputs[trial] = await runAndReadOutput((shop) => killRepeatedly(shop, random));
      }
    };
    await Promise.all([worker(), worker()]);

    console.log(JSON.stringify(kills));
    for (const [trial, output] of outputs.entries()) {
      expect(output, `trial ${trial} of SEED=${seed}`).toBe(undisturbed);
    }
    expect(outputs).toHaveLength(trials);
    expect(kills.amidRun).toBeGreaterThan(trials / 4);
    if (trials >= 50) expect(kills.tailBeyondCheckpoint).toBeGreaterThan(5);
  },
);

test('with several lists at the same time, kills lose and double nothing either', { timeout: 300_000 }, async () => {
  const sortLines = (text: string): readonly string[] => text.split('\n').toSorted();
  const undisturbed = sortLines(await runAndReadOutput(async () => {}));
  for (let trial = 0; trial < trials / 2; trial += 1) {
    const random = createRandom(seed + 1_000 + trial);
    const output = await runAndReadOutput((shop) => killRepeatedly(shop, random), { concurrency: 3 });
    expect(sortLines(output), `trial ${trial} of SEED=${seed}`).toEqual(undisturbed);
  }
});

/** Runs the connector to its end, after some events, and returns its output. */
async function runAndReadOutput(disturb: (shop: Shop) => Promise<void>, changes: object = {}): Promise<string> {
  await using shop = await createShop();
  await shop.describe({ ...changes });
  await disturb(shop);
  const { code, stderr } = await shop.run();
  expect(code, stderr).toBe(0);
  return shop.output();
}

async function killRepeatedly(shop: Shop, random: () => number): Promise<void> {
  const times = 1 + Math.floor(random() * 3);
  for (let time = 0; time < times; time += 1) {
    const running = shop.start();
    const disarm = scheduleKill(shop, running, random);
    const { code } = await running.ended;
    disarm();
    kills.all += 1;
    if (code === null) countKill(shop);
    else kills.endedBefore += 1;
  }
}

/** Kills at a random request, a random time after it, a random change of the files, or a random time after the start. */
function scheduleKill(shop: Shop, running: Running, random: () => number): () => void {
  const kind = Math.floor(random() * 4);
  const count = 1 + Math.floor(random() * 14);
  const delayMs = random() * 4;
  if (kind === 3) {
    const timer = setTimeout(running.kill, 100 + random() * 600);
    return () => clearTimeout(timer);
  }
  if (kind === 2) return onFileChange(shop, count * 4, running.kill);
  const before = shop.api.requests;
  shop.api.onRequest((_request, response) => {
    if (shop.api.requests - before !== count) return undefined;
    if (kind === 0) running.kill();
    else response.once('finish', () => void setTimeout(running.kill, delayMs));
    return undefined;
  });
  return () => shop.api.onRequest(() => undefined);
}

function onFileChange(shop: Shop, count: number, act: () => void): () => void {
  let seen = 0;
  const watcher = watch(shop.path(''), () => {
    seen += 1;
    if (seen === count) act();
  });
  return () => watcher.close();
}

function countKill(shop: Shop): void {
  if (existsSync(shop.path('state.json.next'))) kills.checkpointHalfWritten += 1;
  if (!existsSync(shop.path('state.json'))) return;
  const { bytes, next, pages } = shop.checkpoint();
  if (next !== null && Number(pages) > 0) kills.amidRun += 1;
  if (statSync(shop.path('shop.ndjson')).size > Number(bytes)) kills.tailBeyondCheckpoint += 1;
}

/** mulberry32: the same numbers for the same seed. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
