import type { Contender } from './contender.ts';
import { contenders } from './contenders.ts';
import { report } from './run-child.ts';
import { revoke, seenBy } from './start-server.ts';

/** One contender in two rushes: `counts-sample.ts <contender> <origin>`. */
const [name = '', origin = ''] = process.argv.slice(2);

const opened = await contenders[name]?.load();
if (opened === undefined) throw new Error(`There is no contender ${name}`);
const contender = await opened.open(origin);

const start = await seenBy(origin);
const coldFailed = await rush(contender, 1_000);
const warm = await seenBy(origin);
await revoke(origin); // every call leaves with the dead token; their 401s arrive one after the other
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

/** So many calls at once; answers how many failed. */
async function rush({ get }: Contender, calls: number): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, get));
  const isServed = (outcome: PromiseSettledResult<unknown>): boolean =>
    outcome.status === 'fulfilled' && JSON.stringify(outcome.value).includes('"packed"');
  return outcomes.filter((outcome) => !isServed(outcome)).length;
}
