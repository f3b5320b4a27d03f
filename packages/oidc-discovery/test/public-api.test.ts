import { expect, test } from 'vitest';
import * as oidcDiscovery from '../src/index.ts';

test('the package gives exactly this', () => {
  expect(Object.keys(oidcDiscovery).toSorted()).toEqual([
    'DiscoveryConfigError',
    'DiscoveryHttpError',
    'DiscoveryUnavailableError',
    'InvalidMetadataError',
    'IssuerMismatchError',
    'discover',
    'discoverResource',
    'discoverTokenEndpoint',
  ]);
});
