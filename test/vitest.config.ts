import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vitest/config';

const root = join(import.meta.dirname, '..');

/** `pnpm test`: no soak, no crowd, no large upload, few child processes, no real waits. */
const daily = [
  'packages/*/test/**/*.test.ts',
  'test/**/*.test.ts',
  'examples/{testing,drop-in}/*.test.ts',
  'examples/*/test/**/*.test.ts',
];

/** `pnpm test --mode deep`: what takes long, and searches with new random seeds. */
const deep = ['{packages,examples}/*/test/**/*.deep.ts', 'test/**/*.deep.ts'];

/** Deep tests of replicas that share tokens. They run one by one, after the others: a store that answers late is a fault. */
const alone = ['packages/token-store-*/test/*.deep.ts', 'examples/fleet/test/*.deep.ts', '**/port-token-store.deep.ts'];

/** `--mode mutants`: changes the sources, one mistake at a time. */
const mutants = ['test/mutation/mutation.mutants.ts'];

/** `--mode tarballs`: what users install. `.ci/run` packs it. */
const tarballs = ['test/packages/*.tarballs.ts'];

/**
 * Tests that need a process of their own: Node's `fetch` does not recover from fake timers, OpenTelemetry's globals are
 * set once, and a garbage collection is fast and exact only in a small heap.
 */
const needsOwnProcess = /vi\.useFakeTimers\(|setGlobal\w+\(|'gc'|collectGarbage/;
const isolated = globSync(daily, { cwd: root }).filter(
  (file) => file.startsWith('packages/opentelemetry/') || needsOwnProcess.test(readFileSync(join(root, file), 'utf8')),
);

const seeded = fileURLToPath(new URL('seeded-fast-check.ts', import.meta.url));

/** Test files get fast-check with a fixed seed. A setup file would load fast-check for tests that do not use it. */
const fixedSeeds: Plugin = {
  name: 'fixed-seeds',
  enforce: 'pre',
  resolveId: (source, importer) => (source === 'fast-check' && importer !== seeded ? seeded : undefined),
};

// A config file must have a default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig(({ mode }) => ({
  plugins: mode === 'deep' ? [] : [fixedSeeds],
  test: {
    // all cores: by default one is kept free, which is half of a machine with two
    maxWorkers: '100%',
    // generous, for machines that are busy: no daily test waits for real time
    testTimeout: mode === 'deep' ? 300_000 : 30_000,
    // a poll waits for what surely comes; on a busy machine that may be late
    expect: { poll: { interval: 5, timeout: mode === 'deep' ? 60_000 : 20_000 } },
    // what a test replaces is restored before the next one starts
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    env: {
      // child processes share what Node has compiled: a start of the command takes half the CPU time
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile-cache'),
      ...(mode === 'deep' && { DEEP: '1' }),
    },
    ...(mode === 'deep' && {
      projects: [
        {
          extends: true as const,
          test: { name: 'deep', include: deep, exclude: ['**/node_modules/**', ...alone], sequence: { groupOrder: 0 } },
        },
        {
          extends: true as const,
          test: { name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 1 } },
        },
      ],
    }),
    ...(mode === 'tarballs' && { include: tarballs }),
    ...(mode === 'mutants' && { include: mutants }),
    // importing the modules anew for each file would take half of the CPU time of the daily tests
    ...(mode === 'test' && {
      projects: [
        {
          extends: true as const,
          test: { name: 'shared', include: daily, exclude: ['**/node_modules/**', ...isolated], isolate: false },
        },
        { extends: true as const, test: { name: 'isolated', include: isolated } },
      ],
    }),
  },
}));
