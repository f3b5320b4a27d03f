import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import { withTelemetry } from '@bearings/opentelemetry';
import { expect, test } from 'vitest';
import { recorder } from '../../packages/opentelemetry/test/recorded.ts';

/** A client with recorded calls, and the counts of completed calls. */
function scene(options: ClientOptions) {
  const { options: providers, points } = recorder();
  const client = createClient({ baseUrl: 'https://api.test', ...options }, withTelemetry(providers));
  const errorTypes = async (): Promise<readonly unknown[]> => {
    const counted = await points('http.client.request.duration');
    return counted.map(({ attributes }) => attributes['error.type']);
  };
  return { client, errorTypes };
}

test('a call that was rejected by the concurrency limit is in the metrics, with its code', async () => {
  const held = Promise.withResolvers<Response>();
  const { client, errorTypes } = scene({ concurrency: { limit: 1, queue: 0 }, fetch: () => held.promise });

  const first = client.fetch('/orders');
  const [second] = await Promise.allSettled([client.fetch('/orders')]);
  held.resolve(new Response());
  await first;

  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'OVERLOADED' } });
  expect(await errorTypes()).toEqual(['OVERLOADED', undefined]);
});

test('the metrics distinguish an untrusted certificate from a broken connection', async () => {
  const failing = (code: string) => async (): Promise<never> => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
  };
  const untrusted = scene({ fetch: failing('CERT_HAS_EXPIRED') });
  const broken = scene({ fetch: failing('ECONNRESET'), retry: 0 });

  await Promise.allSettled([untrusted.client.fetch('/orders'), broken.client.fetch('/orders')]);

  expect([await untrusted.errorTypes(), await broken.errorTypes()]).toEqual([['TLS'], ['TRANSPORT']]);
});
