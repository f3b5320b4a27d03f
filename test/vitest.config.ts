import { defineConfig } from 'vitest/config';

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

// A config file must have a default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig(({ mode }) => ({
  test: {
    include: suites[mode] ?? daily,
    // all cores: by default one is kept free, which is half of a machine with two
    maxWorkers: '100%',
    env: mode === 'deep' ? { DEEP: '1' } : {},
    // generous, for machines that are busy: no test waits for real time
    testTimeout: 30_000,
  },
}));
