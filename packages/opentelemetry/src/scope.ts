/** By what name and version everything here is recorded. The version is the package's: a test holds the two together. */
export const scope = { name: '@bearings/opentelemetry', version: '0.0.0' } as const;
