import { expect, test } from 'vitest';
import * as oauthBearer from '../src/index.ts';

test('the package exports exactly these names', () => {
  expect(Object.keys(oauthBearer).toSorted()).toEqual([
    'Err',
    'Ok',
    'SecretString',
    'Token',
    'TokenConfigError',
    'TokenHttpError',
    'TokenPool',
    'TokenUnavailableError',
    'fetchToken',
    'googleServiceAccount',
    'parseBearerChallenge',
    'staticToken',
    'withBearerAuth',
    'withBearerAuthHeader',
  ]);
});
