import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { microCases } from './micro-cases.ts';
import { report } from './run-child.ts';
import { median } from './statistics.ts';

/** One case: `micro-sample.ts <case> <seconds>`. Needs `--expose-gc`. */
const [name = '', seconds = '0.5'] = process.argv.slice(2);

const run = await microCases[name]?.open();
if (run === undefined) throw new Error(`There is no case ${name}`);

const warmUpMs = 1_500;
const slices = 20;
const enoughMs = Number(seconds) * 1_000;

let times = 256;
let tookMs = await timed(times);
for (let spentMs = tookMs; spentMs < warmUpMs; spentMs += tookMs) {
  if (tookMs < enoughMs / 2) times *= 2;
  tookMs = await timed(times);
}
// the median of slices: a slice with other load on the core does not count
const calls = Math.ceil((times * (enoughMs / tookMs)) / slices);
const took: number[] = [];
for (let slice = 0; slice < slices; slice += 1) took.push(await timed(calls));
const ns = (median(took) * 1e6) / calls;
report({ ns, bytes: await measureBytes(Math.ceil(5e7 / ns)) });

async function timed(count: number): Promise<number> {
  const beganAt = performance.now();
  await run?.(count);
  return performance.now() - beganAt;
}

/** Heap bytes of one operation: the growth over many, or over fewer until no collection interrupts. */
async function measureBytes(count: number): Promise<number> {
  if (count < 16) throw new Error(`${name}: collected while bytes were counted`);
  let collections = 0;
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
  globalThis.gc?.();
  await pause(10);
  observer.observe({ entryTypes: ['gc'] });
  const start = process.memoryUsage().heapUsed;
  await run?.(0); // the cost of measuring itself
  const before = process.memoryUsage().heapUsed;
  await run?.(count);
  const after = process.memoryUsage().heapUsed;
  await pause(10); // performance entries arrive later
  observer.disconnect();
  const bytes = (after - before - (before - start)) / count;
  return collections === 0 ? Math.max(0, Math.round(bytes)) : measureBytes(count / 2);
}
