import { isBearingsError } from '@bearings/client';
import { expect, test } from 'vitest';
import {
  InvalidTokenResponseError,
  ReauthorizationRequiredError,
  TokenClosedError,
  TokenConfigError,
  TokenHttpError,
  TokenUnavailableError,
  UnsupportedTokenTypeError,
} from '../src/errors.ts';

const endpoint = 'https://as.example/token';

test.each([
  [new TokenHttpError({ endpoint, status: 503 }), 'TOKEN_HTTP', true],
  [new TokenHttpError({ endpoint, status: 429 }), 'TOKEN_HTTP', true],
  [new TokenHttpError({ endpoint, status: 408 }), 'TOKEN_HTTP', true],
  [new TokenHttpError({ endpoint, status: 404 }), 'TOKEN_HTTP', false],
  [new TokenHttpError({ endpoint, status: 400, oauthError: 'invalid_client' }), 'TOKEN_HTTP', false],
  [new TokenHttpError({ endpoint, status: 400, oauthError: 'temporarily_unavailable' }), 'TOKEN_HTTP', false],
  [new TokenHttpError({ endpoint, status: 503, oauthError: 'invalid_client' }), 'TOKEN_HTTP', true],
  [new InvalidTokenResponseError('unusable'), 'INVALID_TOKEN_RESPONSE', true],
  [new UnsupportedTokenTypeError(endpoint), 'UNSUPPORTED_TOKEN_TYPE', false],
  [new TokenConfigError('clientId', 'is blank'), 'TOKEN_CONFIG', false],
  [new TokenUnavailableError('no answer'), 'TOKEN_UNAVAILABLE', true],
  [
    new ReauthorizationRequiredError({ connection: 'google', reason: 'refresh_refused' }),
    'REAUTHORIZATION_REQUIRED',
    false,
  ],
  [new TokenClosedError(), 'TOKEN_CLOSED', false],
] as const)('%s is narrowed by its code', (error, code, retryable) => {
  expect(error).toMatchObject({ code, retryable, source: 'oauth-bearer', name: error.constructor.name });
  expect(isBearingsError(error, code)).toBe(true);
  expect(isBearingsError(error, code === 'TOKEN_HTTP' ? 'TOKEN_CLOSED' : 'TOKEN_HTTP')).toBe(false);
});

test.each([new Error('x'), { source: 'oauth-bearer', code: 'TOKEN_HTTP' }, undefined, null])(
  '%j is not an error of this package',
  (value) => {
    expect(isBearingsError(value) && value.source === 'oauth-bearer').toBe(false);
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
