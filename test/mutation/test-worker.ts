import { once } from 'node:events';
import { inspect } from 'node:util';
import { createVitest } from 'vitest/node';
import type { TestModule } from 'vitest/node';
import type { TestRun, TestRunResult } from './test-process.ts';

// Runs tests of the current folder again and again in one process: a start of vitest takes longer than most tests.
const vitest = await createVitest('test', {
  root: process.cwd(),
  config: 'test/vitest.config.ts',
  watch: false,
  maxWorkers: 1,
  reporters: [{}],
});

/** The source that differed from the original in the last run: it has been put back since. */
let restored: string | undefined;

async function run({ changed, files, stopsEarly }: TestRun): Promise<TestRunResult> {
  for (const path of [restored, changed]) if (path !== undefined) vitest.invalidateFile(path);
  restored = changed;
  for (const { config } of [vitest, ...vitest.projects]) config.bail = stopsEarly ? 1 : 0;
  const found = await vitest.globTestSpecifications([...files]);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(found);
  const failed = testModules.filter((module) => !module.ok()).map(({ relativeModuleId }) => relativeModuleId);
  const names = testModules.flatMap(failedTests);
  return { failed: [...failed, ...unhandledErrors.map((error) => inspect(error).slice(0, 500))], names };
}

function failedTests({ children }: TestModule): readonly string[] {
  return [...children.allTests('failed')].map(({ fullName }) => fullName);
}

process.send?.('ready');
for (;;) {
  const [wanted]: TestRun[] = await once(process, 'message');
  if (wanted !== undefined) process.send?.(await run(wanted));
}
