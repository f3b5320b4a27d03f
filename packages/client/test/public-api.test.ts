import { expect, test } from 'vitest';
import * as errors from '../src/errors/index.ts';
import * as client from '../src/index.ts';
import * as layers from '../src/layer.ts';
import * as paging from '../src/paging/index.ts';

test('the package exports exactly this', () => {
  expect(Object.keys(client).toSorted()).toEqual([
    'createClient',
    'deadlineOf',
    'explain',
    'formatHttpError',
    'isBearingsError',
    'orThrow',
    'profiles',
    'publicLookup',
    'shouldRetry',
    'systemClock',
    'withCircuitBreaker',
    'withContextHeaders',
    'withDeadlineHeader',
    'withFaults',
    'withHedging',
    'withPublicAddressesOnly',
    'withRateLimit',
  ]);
});

test('the entry for authors of layers exports exactly this', () => {
  expect(Object.keys(layers).toSorted()).toEqual([
    'BodyHooks',
    'Call',
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
    'isRequestBound',
    'isSecure',
    'layer',
    'layersKey',
    'listRule',
    'methodsRule',
    'millisecondsRule',
    'notifyListener',
    'objectRule',
    'oneOfRule',
    'parseJson',
    'rateLimitResetMs',
    'retryAfterMs',
    'slots',
    'stringRule',
    'toTransportError',
    'transportLayerRule',
    'untilAborted',
    'wait',
    'wholeNumberRule',
    'withBody',
  ]);
});

test('the entry for paging exports exactly this', () => {
  expect(Object.keys(paging).toSorted()).toEqual([
    'PagingError',
    'createPaging',
    'describeType',
    'firstPosition',
    'isInBody',
    'nextLink',
    'nextStep',
    'paginate',
    'parseLossless',
    'readCount',
    'readPlace',
    'requestKey',
    'resolvePattern',
    'resolvePointer',
    'saysMore',
    'toText',
    'withTarget',
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
    'RateLimitedError',
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
    'close create delete extend fetch get head patch post put query retry stages status stop'.split(' '),
  );
});
