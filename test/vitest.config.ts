import { defineConfig } from 'vitest/config';

// A config file must have a default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/testing/*.test.ts'],
  },
});
