export type { Result } from 'ts-results';
export { discover, discoverTokenEndpoint } from './discover.ts';
export type { DiscoveryOptions } from './discovery-options.ts';
export { discoverResource } from './discover-resource.ts';
export type { ResourceMetadata } from './discover-resource.ts';
export type { ServerMetadata } from './metadata.ts';
export {
  DiscoveryConfigError,
  DiscoveryHttpError,
  DiscoveryUnavailableError,
  InvalidMetadataError,
  IssuerMismatchError,
} from './errors.ts';
export type { DiscoveryError } from './errors.ts';
