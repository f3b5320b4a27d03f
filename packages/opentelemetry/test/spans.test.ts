import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { createClient, withHedging } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, faults, combineFetch, virtualClock } from '@bearings/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelemetryOptions } from '../src/index.ts';
import { withTelemetry } from '../src/index.ts';
import { api, ok, status, setUp } from './observed-client.ts';
import type { Answer } from './observed-client.ts';
import { contexts, family, recorder, spanId } from './recorded.ts';

let stopContexts = (): void => {};
beforeEach(() => (stopContexts = contexts()));
afterEach(() => stopContexts());

/** The span id in the traceparent header of a request. */
const parentId = (request: Request | undefined): string | undefined =>
  request?.headers.get('traceparent')?.split('-')[2];

test('a call is a span, and its request is a child span', async () => {
  const { client, spans } = setUp([ok]);

  await client.get('v1/orders/42?token=secret#part');

  const { call, requests } = family(spans());
  const expected = {
    'http.request.method': 'GET',
    'server.address': 'api.test',
    'server.port': 443,
    'url.scheme': 'https',
    'url.full': 'https://api.test/v1/orders/42',
    'url.template': '/v1/orders/{id}',
    'http.response.status_code': 200,
  };
  expect(call).toMatchObject({ name: 'GET /v1/orders/{id}', kind: SpanKind.CLIENT, attributes: expected });
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ name: 'GET /v1/orders/{id}', kind: SpanKind.CLIENT, attributes: expected });
  expect(Object.keys(call.attributes).toSorted()).toEqual(Object.keys(expected).toSorted());
  expect(Object.keys(requests[0]?.attributes ?? {}).toSorted()).toEqual(Object.keys(expected).toSorted());
  expect(call.status.code).toBe(SpanStatusCode.UNSET);
});

test('spans have the instrumentation scope of the package', async () => {
  const { client, spans } = setUp([ok]);

  await client.get('v1/orders');

  expect(spans().map(({ instrumentationScope }) => instrumentationScope.name)).toEqual([
    '@bearings/opentelemetry',
    '@bearings/opentelemetry',
  ]);
});

test('every attempt is a span with resend_count from the second on, and the call has the last status', async () => {
  const { client, spans } = setUp([status(503), status(502), ok]);

  await client.get('v1/orders');

  const { call, requests } = family(spans());
  expect(requests.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2]);
  expect(requests.map(({ attributes }) => attributes['bearings.resend.reason'])).toEqual([undefined, 'retry', 'retry']);
  expect(requests.map(({ attributes }) => attributes['error.type'])).toEqual(['503', '502', undefined]);
  expect(requests.map(({ status: { code } }) => code)).toEqual([
    SpanStatusCode.ERROR,
    SpanStatusCode.ERROR,
    SpanStatusCode.UNSET,
  ]);
  expect(call.attributes).toMatchObject({ 'http.response.status_code': 200 });
  expect(call.attributes).not.toHaveProperty('error.type');
});

test('a hedged request is a span of the same call, with a reason of its own', async () => {
  const clock = virtualClock();
  let sent = 0;
  const fetch: typeof globalThis.fetch = async () => {
    sent += 1;
    return sent === 1 ? new Promise(() => {}) : new Response('{}');
  };
  const { spans, options } = recorder();
  const telemetry = withTelemetry(options);
  const client = createClient({ baseUrl: api, fetch, clock }, telemetry, withHedging({ afterMs: 100 }));

  const answer = client.get('v1/orders');
  await clock.advance(100);
  await answer;
  await clock.settle();

  const { call, requests } = family(spans());
  expect(call.attributes).toMatchObject({ 'http.response.status_code': 200 });
  expect(new Set(requests.map(({ attributes }) => attributes['bearings.resend.reason']))).toEqual(
    new Set([undefined, 'hedge']),
  );
});

test('traceparent of each request is the span of that request', async () => {
  const { client, spans, seen } = setUp([status(503), ok]);

  await client.get('v1/orders');

  const { call, requests } = family(spans());
  expect(seen.map(parentId)).toEqual(requests.map(spanId));
  expect(new Set(seen.map(parentId)).size).toBe(2);
  expect(seen.map(({ headers }) => headers.get('traceparent')?.split('-')[1])).toEqual(
    requests.map(() => call.spanContext().traceId),
  );
});

test("a call in the caller's span is its child and sends the caller's baggage", async () => {
  const { client, spans, seen, tracer } = setUp([ok]);

  const caller = tracer.startSpan('handle order');
  const baggage = propagation.createBaggage({ tenant: { value: 'acme' } });
  const within = propagation.setBaggage(trace.setSpan(context.active(), caller), baggage);
  await context.with(within, () => client.get('v1/orders'));
  caller.end();

  const call = spans().find(({ parentSpanContext }) => parentSpanContext?.spanId === caller.spanContext().spanId);
  expect(call?.name).toBe('GET /v1/orders');
  expect(seen[0]?.headers.get('baggage')).toBe('tenant=acme');
});

test('without a context manager, requests are still children of their call', async () => {
  stopContexts();
  const { client, spans } = setUp([status(503), ok]);

  await client.get('v1/orders');

  expect(family(spans()).requests).toHaveLength(2);
});

test('the span of a layer in between is the parent of the request', async () => {
  const { options, spans, tracer } = recorder();
  const busy = layer('circuitBreaker', 'busy', (next) => (request, call) => {
    const span = tracer.startSpan('busy');
    return context.with(trace.setSpan(context.active(), span), async () => {
      try {
        return await next(request, call);
      } finally {
        span.end();
      }
    });
  });
  const client = createClient({ baseUrl: api, fetch: async () => new Response() }, busy, withTelemetry(options));

  await client.get('v1/orders');

  const [request, between, call] = spans();
  expect([request?.parentSpanContext?.spanId, between?.parentSpanContext?.spanId]).toEqual([
    spanId(between),
    spanId(call),
  ]);
});

test('spans created during a request are its children', async () => {
  let active: string | undefined;
  const { client, spans } = setUp([
    () => {
      active = trace.getActiveSpan()?.spanContext().spanId;
      return new Response();
    },
  ]);

  await client.get('v1/orders');

  expect(active).toBe(spanId(family(spans()).requests[0]));
});

/** The number of spans and of `traceparent` values of a request if `fetch` is instrumented like the one of undici. */
async function withInstrumentedFetch(telemetry: TelemetryOptions): Promise<{ spans: number; headers: number }> {
  const { tracer, propagator, options, spans } = recorder();
  let headers = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const span = tracer.startSpan('fetch');
    const appended = new Headers(init?.headers);
    const setter = { set: (carrier: Headers, name: string, value: string) => carrier.append(name, value) };
    propagator.inject(trace.setSpan(context.active(), span), appended, setter);
    span.end();
    headers = new Request(input, { headers: appended }).headers.get('traceparent')?.split(', ').length ?? 0;
    return new Response();
  };
  await createClient({ baseUrl: api, fetch }, withTelemetry({ ...options, ...telemetry })).get('v1/orders');
  return { spans: spans().length, headers };
}

test('with an instrumented fetch, a request has one span and one traceparent', async () => {
  expect(await withInstrumentedFetch({})).toEqual({ spans: 2, headers: 1 });
  expect(await withInstrumentedFetch({ silenceFetch: false })).toEqual({ spans: 3, headers: 2 });
});

test('each redirect is a span with its own URL', async () => {
  const { client, spans, seen } = setUp([status(302, { location: '/v2/orders/7' }), ok]);

  await client.get('v1/orders/7');

  const { call, requests } = family(spans());
  expect(requests.map(({ attributes }) => attributes['url.full'])).toEqual([
    'https://api.test/v1/orders/7',
    'https://api.test/v2/orders/7',
  ]);
  expect(requests.map(({ name }) => name)).toEqual(['GET /v1/orders/{id}', 'GET /v2/orders/{id}']);
  expect(requests[1]?.attributes).toMatchObject({
    'http.request.resend_count': 1,
    'bearings.resend.reason': 'redirect',
  });
  expect(requests[0]?.status.code).toBe(SpanStatusCode.UNSET);
  expect(call.attributes['url.full']).toBe('https://api.test/v1/orders/7');
  expect(seen.map(parentId)).toEqual(requests.map(spanId));
});

const elsewhere = status(307, { location: 'https://cdn.test/orders' });
const redirects = { origins: ['https://cdn.test'] };

/** The origins that get `traceparent` and `baggage` if a call is redirected to another origin, fails and is retried. */
async function headersGoTo(telemetry: TelemetryOptions): Promise<readonly string[]> {
  const { client, seen } = setUp([elsewhere, status(503), elsewhere, ok], { redirects }, telemetry);
  const baggage = propagation.createBaggage({ tenant: { value: 'acme' } });
  await context.with(propagation.setBaggage(context.active(), baggage), () => client.get('v1/orders'));
  return seen
    .filter(({ headers }) => (headers.get('traceparent') ?? '') + (headers.get('baggage') ?? '') !== '')
    .map(({ url }) => new URL(url).hostname);
}

test('a redirect to another origin removes the trace headers', async () => {
  expect(await headersGoTo({})).toEqual(['api.test', 'api.test']);
});

test('if a layer changes the destination, the span has the new URL and the request no trace headers', async () => {
  const { options, spans } = recorder();
  const seen: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push(new Request(input, init));
    return new Response();
  };
  const detour = layer(
    'circuitBreaker',
    'detour',
    (next) => (request, call) => next(request.with({ url: 'https://spare.test/v1' }), call),
  );
  const client = createClient({ baseUrl: api, fetch }, detour, withTelemetry(options));

  await client.get('v1/orders');

  const { call, requests } = family(spans());
  expect([call, ...requests].map(({ attributes }) => attributes['server.address'])).toEqual(['api.test', 'spare.test']);
  expect(seen.map(({ headers }) => headers.has('traceparent'))).toEqual([false]);
});

test('removed trace headers are absent, not empty', async () => {
  const { client, seen } = setUp([elsewhere, ok], { redirects });

  await client.get('v1/orders');

  expect(seen.map(({ headers }) => headers.has('traceparent'))).toEqual([true, false]);
});

test.each([
  ['everywhere' as const, ['api.test', 'cdn.test', 'api.test', 'cdn.test']],
  ['nowhere' as const, []],
  [
    ['https://api.test', 'https://cdn.test'],
    ['api.test', 'cdn.test', 'api.test', 'cdn.test'],
  ],
  [['https://cdn.test'], ['cdn.test', 'cdn.test']],
])('propagate: %j', async (propagate, origins) => {
  expect(await headersGoTo({ propagate })).toEqual(origins);
});

test('a replay after a 401 is a span, and the token request is a child of the call', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const orders = fakeApi(issuer, undefined, { clock });
  const fetch = combineFetch(issuer, orders);
  const { options, spans } = recorder();
  const tokens = createClient({ fetch, clock }, withTelemetry(options));
  await using token = (await Token.create({ ...issuer.credentials, fetch: tokens.fetch, clock })).unwrap();
  const client = createClient({ baseUrl: orders.origin, fetch, clock }, withBearerAuth(token), withTelemetry(options));
  issuer.revoke();
  const before = spans().length;

  await client.get('v1/orders/42');

  const during = spans().slice(before);
  const { call, requests } = family(during);
  const own = requests.filter(({ name }) => name === 'GET /v1/orders/{id}');
  const acquisition = requests.find(({ name }) => name === 'POST /token');
  expect(own.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([401, 200]);
  expect(own[1]?.attributes).toMatchObject({ 'http.request.resend_count': 1, 'bearings.resend.reason': 'replay' });
  expect(spanId(call)).toBe(acquisition?.parentSpanContext?.spanId);
  expect(orders.requests.map((request) => request.header('traceparent')?.split('-')[2])).toEqual(own.map(spanId));
});

test('redirect, replay and retry have different reasons', async () => {
  const issuer = fakeIssuer();
  const hop = (): Response => new Response(null, { status: 302, headers: { location: '/new/7' } });
  const orders = fakeApi(issuer, { 'GET /old/:id': hop, 'GET /new/:id': () => ({}) });
  const fetch = combineFetch(issuer, orders);
  const { options, spans } = recorder();
  await using token = (await Token.create({ ...issuer.credentials, fetch })).unwrap();
  const client = createClient(
    { baseUrl: orders.origin, fetch, retry: { limit: 1, delay: () => 0 } },
    withBearerAuth(token),
    withTelemetry(options),
  );
  orders.inject(faults.status(401), { times: 1, on: 'GET /new/:id' });
  orders.inject(faults.status(503), { times: 1, on: 'GET /new/:id' });

  await client.get('old/7');

  const { requests } = family(spans());
  expect(requests.map(({ attributes: { 'bearings.resend.reason': why } }) => why)).toEqual([
    undefined,
    'redirect',
    'replay',
    'redirect',
    'retry',
    'redirect',
  ]);
});

/** Sends a request again in the same attempt if it failed. */
const replayer = layer('auth', 'replayer', (next) => async (request, call) => {
  const [first] = await Promise.allSettled([next(request, call)]);
  return first.status === 'fulfilled' && first.value.ok ? first.value : next(request, call);
});

const breaks: Answer = () => Promise.reject(new TypeError('fetch failed'));

test.each([
  ['a hop that fails', [status(302, { location: '/v2/orders' }), breaks, ok], [undefined, 'redirect', 'replay']],
  ['a redirect to nowhere', [status(302), ok], [undefined, 'replay']],
])('a request after %s in the same attempt is a replay', async (_what, answers, reasons) => {
  const { options, spans } = recorder();
  const left: Answer[] = [...answers];
  const fetch: typeof globalThis.fetch = async (input, init) => (left.shift() ?? ok)(new Request(input, init));
  const client = createClient({ baseUrl: api, fetch, retry: 0 }, replayer, withTelemetry(options));

  await client.get('v1/orders');

  expect(family(spans()).requests.map(({ attributes: { 'bearings.resend.reason': why } }) => why)).toEqual(reasons);
});

test('an unknown method is _OTHER with method_original, and HTTP in the span name', async () => {
  const { client, spans } = setUp([ok]);

  await client.fetch('v1/orders', { method: 'purge' });

  const { call } = family(spans());
  expect(call.name).toBe('HTTP /v1/orders');
  expect(call.attributes).toMatchObject({ 'http.request.method': '_OTHER', 'http.request.method_original': 'purge' });
});

test('knownMethods replaces the default list of methods', async () => {
  const { client, spans } = setUp([ok], {}, { knownMethods: ['PURGE'] });

  await client.fetch('v1/orders', { method: 'PURGE' });
  await client.fetch('v1/orders', { method: 'GET' });

  expect(spans().map(({ name }) => name)).toEqual([
    'PURGE /v1/orders',
    'PURGE /v1/orders',
    'HTTP /v1/orders',
    'HTTP /v1/orders',
  ]);
});

test('server.address and server.port are recorded for IPv6 and ports', async () => {
  const { client, spans } = setUp([ok], { baseUrl: 'http://[::1]:8080' });

  await client.get('');

  expect(family(spans()).call.attributes).toMatchObject({
    'server.address': '::1',
    'server.port': 8080,
    'url.scheme': 'http',
    'url.full': 'http://[::1]:8080/',
  });
});
