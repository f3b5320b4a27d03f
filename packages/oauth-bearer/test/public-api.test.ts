import { expect, test } from 'vitest';
import * as oauthBearer from '../src/index.ts';

test('the package exports exactly these names', () => {
  expect(Object.keys(oauthBearer).toSorted()).toEqual([
    'InvalidTokenResponseError',
    'ReauthorizationRequiredError',
    'SecretString',
    'Token',
    'TokenClosedError',
    'TokenConfigError',
    'TokenHttpError',
    'TokenPool',
    'TokenUnavailableError',
    'UnsupportedTokenTypeError',
    'fetchToken',
    'isTokenError',
    'parseBearerChallenge',
    'staticToken',
    'withBearerAuth',
    'withBearerAuthHeader',
  ]);
});
