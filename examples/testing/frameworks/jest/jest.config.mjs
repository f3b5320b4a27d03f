// A config file must have a default export.
// oxlint-disable-next-line import/no-default-export
export default { testEnvironment: 'node', testMatch: ['**/*.test.mjs'], transform: {} };
