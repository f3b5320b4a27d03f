import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vitest/config';

const daily = [
  'packages/*/test/**/*.test.ts',
  'test/**/*.test.ts',
  'examples/{testing,drop-in}/*.test.ts',
  'examples/*/test/**/*.test.ts',
];

/** By mode: `pnpm test:deep` has more runs, wider searches and soaks; `--mode mutants` changes the sources. */
const suites: Readonly<Record<string, string[]>> = {
  deep: ['packages/*/test/deep/!(mutate).deep.ts'],
  mutants: ['packages/*/test/deep/mutate.deep.ts'],
};

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
    include: suites[mode] ?? daily,
    // all cores: by default one is kept free, which is half of a machine with two
    maxWorkers: '100%',
    env: mode === 'deep' ? { DEEP: '1' } : {},
    // generous, for machines that are busy: no test waits for real time
    testTimeout: 30_000,
  },
}));
