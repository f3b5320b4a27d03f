import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, faults, combineFetch, virtualClock } from '@bearings/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelemetryOptions } from '../src/index.ts';
import { withTelemetry } from '../src/index.ts';
import { api, ok, status, world } from './observed-client.ts';
import type { Answer } from './observed-client.ts';
import { contexts, family, recorder, spanId } from './recorded.ts';

let stopContexts = (): void => {};
beforeEach(() => (stopContexts = contexts()));
afterEach(() => stopContexts());

/** The span that a request came from, as its header says. */
const parentId = (request: Request | undefined): string | undefined =>
  request?.headers.get('traceparent')?.split('-')[2];

test('a call is a span, and the request that goes out is a span within it', async () => {
  const { client, spans } = world([ok]);

  await client.get('v1/orders/42?token=secret#part');

  const { call, requests } = family(spans());
  const told = {
    'http.request.method': 'GET',
    'server.address': 'api.test',
    'server.port': 443,
    'url.scheme': 'https',
    'url.full': 'https://api.test/v1/orders/42',
    'url.template': '/v1/orders/{id}',
    'http.response.status_code': 200,
  };
  expect(call).toMatchObject({ name: 'GET /v1/orders/{id}', kind: SpanKind.CLIENT, attributes: told });
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ name: 'GET /v1/orders/{id}', kind: SpanKind.CLIENT, attributes: told });
  expect(Object.keys(call.attributes).toSorted()).toEqual(Object.keys(told).toSorted());
  expect(Object.keys(requests[0]?.attributes ?? {}).toSorted()).toEqual(Object.keys(told).toSorted());
  expect(call.status.code).toBe(SpanStatusCode.UNSET);
});

test('it says who it is', async () => {
  const { client, spans } = world([ok]);

  await client.get('v1/orders');

  expect(spans().map(({ instrumentationScope }) => instrumentationScope.name)).toEqual([
    '@bearings/opentelemetry',
    '@bearings/opentelemetry',
  ]);
});

test('every attempt is a span of its own, counted from the second on, and the call has the last status', async () => {
  const { client, spans } = world([status(503), status(502), ok]);

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

test('what the server sees as its parent is the span of that very request', async () => {
  const { client, spans, seen } = world([status(503), ok]);

  await client.get('v1/orders');

  const { call, requests } = family(spans());
  expect(seen.map(parentId)).toEqual(requests.map(spanId));
  expect(new Set(seen.map(parentId)).size).toBe(2);
  expect(seen.map(({ headers }) => headers.get('traceparent')?.split('-')[1])).toEqual(
    requests.map(() => call.spanContext().traceId),
  );
});

test("a call within the caller's span is its child, and the caller's baggage goes along", async () => {
  const { client, spans, seen, tracer } = world([ok]);

  const caller = tracer.startSpan('handle order');
  const baggage = propagation.createBaggage({ tenant: { value: 'acme' } });
  const within = propagation.setBaggage(trace.setSpan(context.active(), caller), baggage);
  await context.with(within, () => client.get('v1/orders'));
  caller.end();

  const call = spans().find(({ parentSpanContext }) => parentSpanContext?.spanId === caller.spanContext().spanId);
  expect(call?.name).toBe('GET /v1/orders');
  expect(seen[0]?.headers.get('baggage')).toBe('tenant=acme');
});

test('without a context manager the requests are still within their call', async () => {
  stopContexts();
  const { client, spans } = world([status(503), ok]);

  await client.get('v1/orders');

  expect(family(spans()).requests).toHaveLength(2);
});

test('a layer in between that has a span of its own is the parent of the request', async () => {
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

test('what a request does is within its span', async () => {
  let active: string | undefined;
  const { client, spans } = world([
    () => {
      active = trace.getActiveSpan()?.spanContext().spanId;
      return new Response();
    },
  ]);

  await client.get('v1/orders');

  expect(active).toBe(spanId(family(spans()).requests[0]));
});

/** How often a request is traced, and how many `traceparent` it has, where `fetch` is instrumented as undici's is. */
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

test('where fetch is instrumented too, a request is not traced twice, and has one traceparent', async () => {
  expect(await withInstrumentedFetch({})).toEqual({ spans: 2, headers: 1 });
  expect(await withInstrumentedFetch({ silenceFetch: false })).toEqual({ spans: 3, headers: 2 });
});

test('a redirect is a span for each hop, each with its own URL', async () => {
  const { client, spans, seen } = world([status(302, { location: '/v2/orders/7' }), ok]);

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

/** Who gets `traceparent` and `baggage` when a call is led from its origin to another, and then fails and begins anew. */
async function headersGoTo(telemetry: TelemetryOptions): Promise<readonly string[]> {
  const { client, seen } = world([elsewhere, status(503), elsewhere, ok], { redirects }, telemetry);
  const baggage = propagation.createBaggage({ tenant: { value: 'acme' } });
  await context.with(propagation.setBaggage(context.active(), baggage), () => client.get('v1/orders'));
  return seen
    .filter(({ headers }) => (headers.get('traceparent') ?? '') + (headers.get('baggage') ?? '') !== '')
    .map(({ url }) => new URL(url).hostname);
}

test("the trace's headers stay behind when a redirect leads to another origin", async () => {
  expect(await headersGoTo({})).toEqual(['api.test', 'api.test']);
});

test('a layer that sends a call elsewhere is seen through: the URL is that of the request, and no trace goes along', async () => {
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

test('what stays behind is not there at all, not even empty', async () => {
  const { client, seen } = world([elsewhere, ok], { redirects });

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
])('who gets them can be said: %j', async (propagate, origins) => {
  expect(await headersGoTo({ propagate })).toEqual(origins);
});

test('a replay after a 401 is a span of its own, and asking for the token is within the call', async () => {
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

test('a redirect, then a replay of it, then a retry are told apart', async () => {
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

/** Sends once more, in the same attempt, what failed or came back without a good answer. */
const replayer = layer('auth', 'replayer', (next) => async (request, call) => {
  const [first] = await Promise.allSettled([next(request, call)]);
  return first.status === 'fulfilled' && first.value.ok ? first.value : next(request, call);
});

const breaks: Answer = () => Promise.reject(new TypeError('fetch failed'));

test.each([
  ['a hop that fails', [status(302, { location: '/v2/orders' }), breaks, ok], [undefined, 'redirect', 'replay']],
  ['a redirect to nowhere', [status(302), ok], [undefined, 'replay']],
])('what follows %s in the same attempt is a replay', async (_what, answers, reasons) => {
  const { options, spans } = recorder();
  const left: Answer[] = [...answers];
  const fetch: typeof globalThis.fetch = async (input, init) => (left.shift() ?? ok)(new Request(input, init));
  const client = createClient({ baseUrl: api, fetch, retry: 0 }, replayer, withTelemetry(options));

  await client.get('v1/orders');

  expect(family(spans()).requests.map(({ attributes: { 'bearings.resend.reason': why } }) => why)).toEqual(reasons);
});

test('a method that nobody knows is _OTHER, its own name beside it, and HTTP in the name of the span', async () => {
  const { client, spans } = world([ok]);

  await client.fetch('v1/orders', { method: 'purge' });

  const { call } = family(spans());
  expect(call.name).toBe('HTTP /v1/orders');
  expect(call.attributes).toMatchObject({ 'http.request.method': '_OTHER', 'http.request.method_original': 'purge' });
});

test('a method can be made known', async () => {
  const { client, spans } = world([ok], {}, { knownMethods: ['PURGE'] });

  await client.fetch('v1/orders', { method: 'PURGE' });
  await client.fetch('v1/orders', { method: 'GET' });

  expect(spans().map(({ name }) => name)).toEqual([
    'PURGE /v1/orders',
    'PURGE /v1/orders',
    'HTTP /v1/orders',
    'HTTP /v1/orders',
  ]);
});

test('an address and a port are told as they are', async () => {
  const { client, spans } = world([ok], { baseUrl: 'http://[::1]:8080' });

  await client.get('');

  expect(family(spans()).call.attributes).toMatchObject({
    'server.address': '::1',
    'server.port': 8080,
    'url.scheme': 'http',
    'url.full': 'http://[::1]:8080/',
  });
});
