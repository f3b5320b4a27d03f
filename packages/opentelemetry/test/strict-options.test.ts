import { staticToken } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import { observeToken, withTelemetry } from '../src/index.ts';

/** Passes options that TypeScript refuses, as JavaScript or a spread object may. */
const untyped = (options: object): object => options;

test.each<[string, () => unknown]>([
  ['pathTemplate', () => withTelemetry(untyped({ pathTemplate: ['/'] }))],
  ['pathTemplates', () => withTelemetry(untyped({ pathTemplates: '/v1/orders/{id}' }))],
  ['silenceFetch', () => withTelemetry(untyped({ silenceFetch: 'false' }))],
  ['tracerProvider', () => withTelemetry(untyped({ tracerProvider: {} }))],
  ['meter', () => observeToken(staticToken('token-of-the-test'), { name: 'orders', ...untyped({ meter: {} }) })],
  ['labels', () => observeToken(staticToken('token-of-the-test'), { name: 'orders', ...untyped({ labels: {} }) })],
])('an unknown or wrong option is refused: %s', (field, act) => {
  expect(act).toThrow(expect.objectContaining({ code: 'CONFIG', field }));
});
