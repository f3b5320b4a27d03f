import { expect, test } from 'vitest';
import * as config from '../src/index.ts';

test('the package gives exactly this', () => {
  expect(Object.keys(config).toSorted()).toEqual([
    'InvalidConfigError',
    'authSchema',
    'configSchema',
    'createClients',
    'credentialsOf',
    'keyReference',
    'loadConfig',
    'nearest',
    'openToken',
    'readDocument',
    'readSecret',
    'secretReference',
  ]);
});
