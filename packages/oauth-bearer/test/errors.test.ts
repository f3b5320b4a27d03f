import { expect, test } from 'vitest';
import {
  InvalidTokenResponseError,
  ReauthorizationRequiredError,
  isTokenError,
  TokenClosedError,
  TokenConfigError,
  TokenHttpError,
  TokenUnavailableError,
  UnsupportedTokenTypeError,
} from '../src/errors.ts';

const endpoint = 'https://as.example/token';

test.each([
  [new TokenHttpError({ endpoint, status: 503 }), 'HTTP', true],
  [new TokenHttpError({ endpoint, status: 429 }), 'HTTP', true],
  [new TokenHttpError({ endpoint, status: 408 }), 'HTTP', true],
  [new TokenHttpError({ endpoint, status: 404 }), 'HTTP', false],
  [new TokenHttpError({ endpoint, status: 400, oauthError: 'invalid_client' }), 'HTTP', false],
  [new TokenHttpError({ endpoint, status: 400, oauthError: 'temporarily_unavailable' }), 'HTTP', false],
  [new TokenHttpError({ endpoint, status: 503, oauthError: 'invalid_client' }), 'HTTP', true],
  [new InvalidTokenResponseError('unusable'), 'INVALID_RESPONSE', true],
  [new UnsupportedTokenTypeError(endpoint), 'UNSUPPORTED_TOKEN_TYPE', false],
  [new TokenConfigError('clientId', 'is blank'), 'CONFIG', false],
  [new TokenUnavailableError('no answer'), 'UNAVAILABLE', true],
  [
    new ReauthorizationRequiredError({ connection: 'google', reason: 'refresh_refused' }),
    'REAUTHORIZATION_REQUIRED',
    false,
  ],
  [new TokenClosedError(), 'CLOSED', false],
] as const)('%s is narrowed by its code', (error, code, retryable) => {
  expect(error).toMatchObject({ code, retryable, source: 'oauth-bearer', name: error.constructor.name });
  expect(isTokenError(error, code)).toBe(true);
  expect(isTokenError(error, code === 'HTTP' ? 'CLOSED' : 'HTTP')).toBe(false);
});

test.each([new Error('x'), { source: 'oauth-bearer', code: 'HTTP' }, undefined, null])(
  '%j is not an error of this package',
  (value) => {
    expect(isTokenError(value)).toBe(false);
  },
);

test.each([
  [404, undefined, 'transient'],
  [403, undefined, 'transient'],
  [302, undefined, 'transient'],
  [501, undefined, 'transient'],
  [503, 'invalid_client', 'transient'],
  [429, 'invalid_request', 'transient'],
  [400, 'temporarily_unavailable', 'transient'],
  [400, 'invalid_scope', 'permanent'],
  [401, 'invalid_client', 'permanent'],
] as const)('%d with the OAuth error %s is a %s failure', (status, oauthError, kind) => {
  expect(new TokenHttpError({ endpoint, status, oauthError }).kind).toBe(kind);
});
