import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { OverloadedError } from '../../src/errors/index.ts';
import { formatHttpError } from '../../src/errors/format-http-error.ts';
import { caught } from '../caught.ts';
import { scriptedFetch, status } from '../scripted.ts';

test('an error of ours is shown with its message and code', () => {
  const line = formatHttpError(
    new OverloadedError({ method: 'GET', url: 'https://api.test/v1/orders/42' }, 3),
    'order 42',
  );

  expect(line).toBe(
    'order 42: GET https://api.test/v1/orders/{id}: not sent: 3 calls are in progress, which is the concurrency limit (OVERLOADED)',
  );
});

test('an error status is shown with method, origin and the template of the path, without ids, query or body', async () => {
  const api = createClient({ baseUrl: 'https://api.test', fetch: scriptedFetch(status(404, {}, 'secret body')) });
  const error = await caught(() => api.get('v1/orders/4711?key=secret'));

  expect(formatHttpError(error, 'order 42')).toBe(
    'order 42: GET https://api.test/v1/orders/{id} answered 404 (HTTP_STATUS)',
  );
});

test('an abort by the caller is shown as one', () => {
  const { reason } = AbortSignal.abort();

  expect(formatHttpError(reason, 'order 42')).toBe('order 42: aborted by the caller');
});

test('another error is shown by its class only, because its message may contain secrets', () => {
  expect(formatHttpError(new TypeError('token=secret'), 'order 42')).toBe('order 42: TypeError');
  expect(formatHttpError('token=secret', 'order 42')).toBe('order 42: a value that is not an Error was thrown');
});
