import type { Contender } from './contender.ts';
import { contenders } from './contenders.ts';
import { report } from './run-child.ts';
import { revoke, seenBy } from './start-server.ts';

/** One contender in two bursts of calls: `counts-sample.ts <contender> <origin>`. */
const [name = '', origin = ''] = process.argv.slice(2);

const opened = await contenders[name]?.load();
if (opened === undefined) throw new Error(`There is no contender ${name}`);
const contender = await opened.open(origin);

const start = await seenBy(origin);
const coldFailed = await rush(contender, 1_000);
const warm = await seenBy(origin);
await revoke(origin); // every call is sent with the revoked token; the 401s arrive one after the other
const rejectedFailed = await rush(contender, 200);
const end = await seenBy(origin);
await contender.close();
report({
  cold: warm.tokenRequests - start.tokenRequests,
  coldFailed,
  rejected: end.tokenRequests - warm.tokenRequests,
  rejectedFailed,
  sawRejection: end.rejected,
});

/** Makes this many calls at once and returns the number of failures. */
async function rush({ get }: Contender, calls: number): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, get));
  const isServed = (outcome: PromiseSettledResult<unknown>): boolean =>
    outcome.status === 'fulfilled' && JSON.stringify(outcome.value).includes('"packed"');
  return outcomes.filter((outcome) => !isServed(outcome)).length;
}
