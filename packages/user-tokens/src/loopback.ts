/** Consent of the person at this machine, in a browser (RFC 8252): for command lines. */
export { openLoopback } from './loopback/open-loopback.ts';
export type { Loopback, LoopbackOptions } from './loopback/open-loopback.ts';
export { withMemoryFlows } from './loopback/with-memory-flows.ts';
