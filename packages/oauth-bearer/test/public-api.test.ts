import { expect, test } from 'vitest';
import * as oauthBearer from '../src/index.ts';

test('the package gives exactly this', () => {
  expect(Object.keys(oauthBearer).toSorted()).toEqual([
    'InvalidTokenResponseError',
    'SecretString',
    'Token',
    'TokenClosedError',
    'TokenConfigError',
    'TokenHttpError',
    'TokenPool',
    'TokenUnavailableError',
    'UnsupportedTokenTypeError',
    'fetchToken',
    'fixedToken',
    'isTokenError',
    'withBearerAuth',
    'withBearerAuthHeader',
  ]);
});
