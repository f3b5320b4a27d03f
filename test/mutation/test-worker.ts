import { once } from 'node:events';
import { inspect } from 'node:util';
import { createVitest } from 'vitest/node';
import type { Reporter } from 'vitest/node';
import type { TestRun, TestRunResult } from './test-process.ts';

// Runs tests of the current folder again and again in one process: a start of vitest takes longer than most tests.

let failed: string[] = [];
/** What fails in a run. The result that vitest returns has the test files of earlier runs too. */
const reporter: Reporter = {
  onTestCaseResult: (test) => void (test.result().state === 'failed' && failed.push(test.fullName)),
  onTestModuleEnd: (module) => void (module.state() === 'failed' && failed.push(module.relativeModuleId)),
};
const vitest = await createVitest('test', {
  root: process.cwd(),
  config: 'test/vitest.config.ts',
  watch: false,
  maxWorkers: 1,
  reporters: [reporter],
});
/** The source that differed from the original in the last run: it has been put back since. */
let restored: string | undefined;

async function run({ changed, files, stopsEarly }: TestRun): Promise<TestRunResult> {
  for (const path of [restored, changed]) if (path !== undefined) vitest.invalidateFile(path);
  restored = changed;
  for (const { config } of [vitest, ...vitest.projects]) config.bail = stopsEarly ? 1 : 0;
  failed = [];
  const found = await vitest.globTestSpecifications([...files]);
  const { unhandledErrors } = await vitest.runTestSpecifications(found);
  return { failed: [...failed, ...unhandledErrors.map((error) => inspect(error).slice(0, 500))] };
}

process.send?.('ready');
for (;;) {
  const [wanted]: TestRun[] = await once(process, 'message');
  if (wanted !== undefined) process.send?.(await run(wanted));
}
