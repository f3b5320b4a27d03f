import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Which tests are run. */
export interface TestRun {
  /** The absolute path of a source that has changed since the last run. */
  readonly changed?: string;
  /** Parts of the paths of test files. */
  readonly files: readonly string[];
  /** Stops at the first failure. */
  readonly stopsEarly: boolean;
}

/** What became of the tests. */
export interface TestRunResult {
  /** The test files that failed, and errors outside of tests. Empty when all is well. */
  readonly failed: readonly string[];
  /** The names of the tests that failed. */
  readonly names: readonly string[];
}

/** Tests that take longer have been put into an endless loop. */
const longestRunMs = 300_000;

/** A process that runs tests of a copy of the repository. It is started anew when its tests do not end. */
export class TestProcess {
  readonly #root: string;
  #child: ChildProcess | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  async run(tests: TestRun): Promise<TestRunResult> {
    this.#child ??= await start(this.#root);
    const child = this.#child;
    const end = new AbortController();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.stop();
    }, longestRunMs);
    try {
      child.send(tests);
      const { signal } = end;
      const [result] = await Promise.race([
        once(child, 'message', { signal }),
        once(child, 'exit', { signal }).then(() => {
          if (isLate) return [{ failed: ['the tests did not end'], names: [] }];
          throw new Error('The process that runs the tests has failed');
        }),
      ]);
      return result;
    } finally {
      clearTimeout(timer);
      end.abort();
    }
  }

  /** Ends the process with all that it has started. */
  stop(): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    this.#child = undefined;
  }
}

async function start(root: string): Promise<ChildProcess> {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|DEEP$|NODE_OPTIONS$|TEST$|MODE$)/.test(name));
  const child = fork(join(root, 'test/mutation/test-worker.ts'), {
    cwd: root,
    env: Object.fromEntries(own),
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}
