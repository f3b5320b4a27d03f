export { bearingsModule } from './bearings-module.ts';
export type { BearingsModuleOptions, ClientProvider, ProvidedClient } from './bearings-module.ts';
export { clientToken, InjectClient } from './client-token.ts';
export { ClientHealth } from './client-health.ts';
export type { HealthResult } from './client-health.ts';
