import type { Contender } from './contender.ts';
import { contenders } from './contenders.ts';
import { areReadings } from './readings.ts';
import { quantile } from './statistics.ts';
import { seenBy } from './start-server.ts';

/**
 * One contender in a process of its own: `sample.ts <contender> <origin>`. Takes a sample for every message
 * `{ isPost, atOnce, rampMs, forMs }`, and answers with its readings.
 */
const [name = '', origin = ''] = process.argv.slice(2);

const opened = await contenders[name]?.load();
if (opened === undefined) throw new Error(`There is no contender ${name}`);
const contender = await opened.open(origin);
await mustWork(contender);
process.on('message', (message: unknown) => void take(message)); // a failure ends the process, and the parent notices
process.once('disconnect', () => process.exit());
process.send?.({ ready: 1 });

async function take(message: unknown): Promise<void> {
  if (!areReadings(message, ['isPost', 'atOnce', 'rampMs', 'forMs'])) throw new Error('The message is no load');
  const { isPost, atOnce, rampMs, forMs } = message;
  const load: Load = { act: isPost === 1 ? contender.post : contender.get, atOnce };
  await keepUp(load, rampMs); // connect, and wake idle connections
  const serverBefore = await seenBy(origin);
  const before = process.cpuUsage();
  const { latencies, elapsedMs } = await keepUp(load, forMs);
  const { user, system } = process.cpuUsage(before);
  const serverAfter = await seenBy(origin);
  const calls = latencies.length;
  latencies.sort();
  process.send?.({
    perSecond: (calls / elapsedMs) * 1_000,
    cpuUs: (user + system) / calls,
    serverCpuUs: (serverAfter.cpuUs - serverBefore.cpuUs) / calls,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  });
}

interface Load {
  readonly act: () => Promise<unknown>;
  readonly atOnce: number;
}

/** Without this check a contender that fails quickly would win. */
async function mustWork({ get, post }: Contender): Promise<void> {
  const answers = JSON.stringify([await get(), await post()]);
  if (!answers.includes('"packed"') || !answers.includes('"accepted"')) throw new Error(`${name} answers ${answers}`);
}

/** Runs this many callers at once, each with one call after the other. */
async function keepUp({ act, atOnce }: Load, forMs: number): Promise<{ latencies: Float64Array; elapsedMs: number }> {
  const taken = new Float64Array(forMs * 100 + atOnce); // enough for 100 000 calls a second
  let count = 0;
  const beganAt = performance.now();
  const endsAt = beganAt + forMs;
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); now < endsAt;) {
      await act();
      const then = performance.now();
      taken[count] = then - now;
      count += 1;
      now = then;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return { latencies: taken.subarray(0, count), elapsedMs: performance.now() - beganAt };
}
