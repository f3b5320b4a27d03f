import { expect, test } from 'vitest';
import * as errors from '../src/errors/index.ts';
import * as client from '../src/index.ts';

test('the package gives exactly this', () => {
  expect(Object.keys(client).toSorted()).toEqual([
    'Taps',
    'createClient',
    'discard',
    'explain',
    'formatHttpError',
    'isClientError',
    'isHTTPError',
    'isSecure',
    'layer',
    'profiles',
    'publicLookup',
    'retryAfterMs',
    'shouldRetry',
    'slots',
    'systemClock',
    'takesTap',
    'transportFailure',
    'untilAborted',
    'withCircuitBreaker',
    'withPublicAddressesOnly',
  ]);
});

test('the errors entry gives exactly this', () => {
  expect(Object.keys(errors).toSorted()).toEqual([
    'AttemptTimeoutError',
    'BearingsError',
    'BodyTimeoutError',
    'BodyTooLargeError',
    'CircuitOpenError',
    'ClientClosedError',
    'ConfigError',
    'DeadlineExceededError',
    'DestinationNotAllowedError',
    'InvalidHeaderError',
    'InvalidSchemeError',
    'InvalidUrlError',
    'OverloadedError',
    'RedirectBlockedError',
    'TlsError',
    'TransportError',
    'isBearingsError',
    'isClientError',
  ]);
});

test('a client has what ky has, and the stack', () => {
  const api = client.createClient({ baseUrl: 'https://api.test' });

  expect(Object.keys(api).toSorted()).toEqual(
    'close create delete extend fetch get head patch post put query retry stages stop'.split(' '),
  );
});
