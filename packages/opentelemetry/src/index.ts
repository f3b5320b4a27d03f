export { withTelemetry } from './with-telemetry.ts';
export type { Classify, Propagate, TelemetryOptions } from './telemetry-options.ts';
export { observeToken } from './observe-token.ts';
export type { TokenObservation } from './observe-token.ts';
