import { expect, test } from 'vitest';
import * as config from '../src/index.ts';

test('the package exports exactly these names', () => {
  expect(Object.keys(config).toSorted()).toEqual([
    'InvalidConfigError',
    'authSchema',
    'configSchema',
    'createClients',
    'createNetwork',
    'createToken',
    'grantIssuer',
    'grantServer',
    'keyReference',
    'loadConfig',
    'openTokenStore',
    'openUserTokens',
    'readCredentials',
    'readDocument',
    'readSecret',
    'secretReference',
  ]);
});
