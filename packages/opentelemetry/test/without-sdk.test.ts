import type { Context, TextMapSetter } from '@opentelemetry/api';
import { context, metrics, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { createClient } from '@bearings/client';
import { staticToken } from '@bearings/oauth-bearer';
import { afterEach, expect, test } from 'vitest';
import { observeToken, withTelemetry } from '../src/index.ts';
import { contexts, family, recorder } from './recorded.ts';

afterEach(() => {
  for (const api of [context, metrics, propagation, trace]) api.disable();
});

/** A client that was created without an SDK. */
function world() {
  const seen: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push(new Request(input, init));
    return new Response('fine', { status: seen.length === 1 ? 503 : 200 });
  };
  const retry = { limit: 1, delay: () => 0 };
  return { seen, client: createClient({ baseUrl: 'https://api.test', fetch, retry }, withTelemetry()) };
}

test('without an SDK a call works and sends no extra headers', async () => {
  const { client, seen } = world();

  const said = await client.get('v1/orders').text();

  expect(said).toBe('fine');
  expect(seen.map(({ headers }) => headers.has('traceparent'))).toEqual([false, false]);
});

test('an SDK that is registered later is used', async () => {
  const { client } = world();
  await client.get('v1/orders');
  const { options, spans } = recorder();

  contexts();
  trace.setGlobalTracerProvider(options.tracerProvider);
  await client.get('v1/orders');

  expect(family(spans()).requests).toHaveLength(1);
});

test('a meter provider that is registered later, alone, is used', async () => {
  const { client } = world();
  await client.get('v1/orders');
  const { options, points } = recorder();

  metrics.setGlobalMeterProvider(options.meterProvider);
  await client.get('v1/orders');

  expect(await points('http.client.request.duration')).toHaveLength(1);
});

test('the propagator option replaces the global one', async () => {
  const seen: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push(new Request(input, init).headers.get('x-trace'));
    return new Response();
  };
  const { options } = recorder();
  const marking = {
    extract: () => ROOT_CONTEXT,
    fields: () => [],
    inject: (_context: Context, carrier: unknown, setter: TextMapSetter) => setter.set(carrier, 'x-trace', 'yes'),
  };
  const client = createClient(
    { baseUrl: 'https://api.test', fetch },
    withTelemetry({ tracerProvider: options.tracerProvider, propagator: marking }),
  );

  await client.get('v1/orders');

  expect(seen).toEqual(['yes']);
});

test('with only a propagator, the trace of the caller is propagated', async () => {
  const { client, seen } = world();
  const { propagator } = recorder();
  contexts();
  propagation.setGlobalPropagator(propagator);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const parent = { traceId, spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED, isRemote: true };

  await context.with(trace.setSpanContext(ROOT_CONTEXT, parent), () => client.get('v1/orders'));

  expect(seen.map(({ headers }) => headers.get('traceparent'))).toEqual([
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ]);
});

test('if the propagator throws or sets an invalid header, the call succeeds without trace headers', async () => {
  const fine = { extract: () => ROOT_CONTEXT, fields: () => [] };
  const throws = () => {
    throw new Error('no trace today');
  };
  const odd = (_context: Context, carrier: unknown, setter: TextMapSetter) => setter.set(carrier, 'x-trace', 'a\nb');
  const seen: boolean[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push(new Request(input, init).headers.has('x-trace'));
    return new Response();
  };
  const { tracerProvider } = recorder().options;

  for (const inject of [throws, odd]) {
    const telemetry = withTelemetry({ tracerProvider, propagator: { ...fine, inject } });
    await createClient({ baseUrl: 'https://api.test', fetch }, telemetry).get('v1/orders');
  }

  expect(seen).toEqual([false, false]);
});

test('observeToken works without an SDK', () => {
  const stop = observeToken(staticToken('fixed'), { name: 'orders' });

  expect(stop).not.toThrow();
});
