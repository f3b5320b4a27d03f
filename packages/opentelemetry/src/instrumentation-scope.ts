/** The instrumentation scope of all spans and metrics. A test compares the version with the package. */
export const instrumentationScope = { name: '@bearings/opentelemetry', version: '0.0.0' } as const;
