/** Presets of known providers: data that is spread into a connection. */
export { providers } from './providers/presets.ts';
export type { ProviderName } from './providers/presets.ts';
