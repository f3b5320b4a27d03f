import { expect, test } from 'vitest';
import * as config from '../src/index.ts';

test('the package exports exactly these names', () => {
  expect(Object.keys(config).toSorted()).toEqual([
    'InvalidConfigError',
    'authSchema',
    'clearTokenCache',
    'configSchema',
    'createClients',
    'createNetwork',
    'createToken',
    'formatProblem',
    'grantIssuer',
    'grantServer',
    'keyReference',
    'loadConfig',
    'openTokenCache',
    'openTokenStore',
    'openUserTokens',
    'readCredentials',
    'readDocument',
    'readSecret',
    'secretReference',
    'tokenCacheFile',
  ]);
});
