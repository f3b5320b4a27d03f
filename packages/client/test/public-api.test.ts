import { expect, test } from 'vitest';
import * as errors from '../src/errors/index.ts';
import * as client from '../src/index.ts';
import * as layers from '../src/layer.ts';

test('the package exports exactly this', () => {
  expect(Object.keys(client).toSorted()).toEqual([
    'createClient',
    'explain',
    'formatHttpError',
    'isBearingsError',
    'orThrow',
    'profiles',
    'publicLookup',
    'shouldRetry',
    'systemClock',
    'withCircuitBreaker',
    'withPublicAddressesOnly',
  ]);
});

test('the entry for authors of layers exports exactly this', () => {
  expect(Object.keys(layers).toSorted()).toEqual([
    'BodyHooks',
    'ClientRequest',
    'addBodyHook',
    'anyRule',
    'assertOption',
    'bodyHooks',
    'booleanRule',
    'checkOptions',
    'clockRule',
    'closestName',
    'countRule',
    'directoryUrl',
    'discard',
    'functionRule',
    'guessTemplate',
    'headerNameRule',
    'isSecure',
    'layer',
    'listRule',
    'methodsRule',
    'millisecondsRule',
    'notifyListener',
    'objectRule',
    'oneOfRule',
    'parseJson',
    'retryAfterMs',
    'slots',
    'stringRule',
    'toTransportError',
    'transportLayerRule',
    'untilAborted',
    'wholeNumberRule',
  ]);
});

test('the errors entry exports exactly this', () => {
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
    'extractSecrets',
    'isBearingsError',
    'isSecretName',
    'redact',
    'redactionMark',
  ]);
});

test('a client has the methods of ky, and its own', () => {
  const api = client.createClient({ baseUrl: 'https://api.test' });

  expect(Object.keys(api).toSorted()).toEqual(
    'close create delete extend fetch get head patch post put query retry stages stop'.split(' '),
  );
});
