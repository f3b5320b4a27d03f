import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { DataPointType } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import type { TelemetryOptions } from '../src/index.ts';
import { withTelemetry } from '../src/index.ts';
import { recorder } from './recorded.ts';

/** A client with telemetry whose server answers with these statuses; the last one repeats. */
function setUp(statuses: readonly number[] = [200], options: ClientOptions = {}, telemetry: TelemetryOptions = {}) {
  const recorded = recorder();
  const clock = virtualClock();
  let asked = 0;
  const client = createClient(
    {
      baseUrl: 'https://api.test',
      retry: { limit: 2, delay: () => 0, backoffLimit: 10_000 },
      clock,
      fetch: async () => {
        const status = statuses[Math.min(asked, statuses.length - 1)] ?? 200;
        asked += 1;
        return new Response(null, { status, headers: { location: '/v1/orders/8' } });
      },
      ...options,
    },
    withTelemetry({ ...recorded.options, ...telemetry }),
  );
  return { ...recorded, client, clock };
}

const order = {
  'http.request.method': 'GET',
  'server.address': 'api.test',
  'server.port': 443,
  'url.scheme': 'https',
  'url.template': '/v1/orders/{id}',
};

test('the metrics have the names, units and buckets of the conventions', async () => {
  const { client, metrics } = setUp([503, 200]);

  await client.get('v1/orders/42');

  const all = await metrics();
  expect([...all.values()].map(({ descriptor: { name, unit }, dataPointType }) => [name, unit, dataPointType])).toEqual(
    [
      ['http.client.request.duration', 's', DataPointType.HISTOGRAM],
      ['http.client.active_requests', '{request}', DataPointType.SUM],
      ['bearings.client.retries', '{request}', DataPointType.SUM],
    ],
  );
  expect(all.get('http.client.request.duration')?.dataPoints[0]?.value).toMatchObject({
    buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
  });
});

test("a call with several requests is one data point, in seconds of the client's clock", async () => {
  const { client, clock, points } = setUp([503, 200], { retry: { limit: 1, delay: () => 2_000, jitter: false } });

  const answer = client.get('v1/orders/42');
  await clock.advance(2_000);
  await answer;

  expect(await points('http.client.request.duration')).toMatchObject([
    { attributes: { ...order, 'http.response.status_code': 200 }, value: { count: 1, sum: 2 } },
  ]);
});

test('a failed call has error.type, and without a response no status', async () => {
  const { client, points } = setUp([404]);
  const { client: broken, points: brokenPoints } = setUp([], {
    fetch: () => Promise.reject(new TypeError('fetch failed')),
    retry: 0,
  });

  await client.fetch('v1/orders/42');
  await expect(broken.get('v1/orders/42')).rejects.toThrow();

  const [found] = await points('http.client.request.duration');
  const [none] = await brokenPoints('http.client.request.duration');
  expect(found?.attributes).toEqual({ ...order, 'http.response.status_code': 404, 'error.type': '404' });
  expect(none?.attributes).toEqual({ ...order, 'error.type': 'TRANSPORT' });
});

test('active_requests counts calls until their response headers arrive', async () => {
  const head = Promise.withResolvers<Response>();
  const { client, points } = setUp([], { fetch: () => head.promise });

  const answers = [client.fetch('v1/orders/1'), client.fetch('v1/orders/2')];
  const during = await points('http.client.active_requests');
  head.resolve(new Response());
  await Promise.all(answers);

  expect(during).toEqual([{ attributes: order, value: 2 }]);
  expect(await points('http.client.active_requests')).toEqual([{ attributes: order, value: 0 }]);
});

test('retries counts requests after the first one with their reason', async () => {
  const { client, points } = setUp([503, 302, 200]);

  await client.get('v1/orders/42');

  expect(await points('bearings.client.retries')).toEqual([
    { attributes: { ...order, 'bearings.resend.reason': 'retry' }, value: 1 },
    { attributes: { ...order, 'bearings.resend.reason': 'redirect' }, value: 1 },
  ]);
});

/** The recorded templates after calls to these paths. */
async function templates({ client, points }: ReturnType<typeof setUp>, paths: readonly string[]): Promise<unknown[]> {
  for (const path of paths) await client.get(path);
  const all = await points('http.client.request.duration');
  return all.map(({ attributes }) => attributes['url.template']);
}

const words = ['a', 'b', 'c', 'd', 'e'].map((letter) => `users/${letter.repeat(3)}`);

test('after maxTemplates templates, new ones are recorded as {other}', async () => {
  const found = await templates(setUp([200], {}, { maxTemplates: 3 }), words);

  expect(found).toEqual(['/users/aaa', '/users/bbb', '/users/ccc', '{other}']);
});

test('the default limit is 100 templates', async () => {
  const letters = Array.from({ length: 150 }, (_, index) =>
    String.fromCodePoint(97 + (index % 26)).repeat(1 + index / 26),
  );

  const found = await templates(setUp(), letters);

  expect(new Set(found).size).toBe(101);
});

test('pathTemplates come first and do not count towards maxTemplates', async () => {
  const found = await templates(setUp([200], {}, { pathTemplates: ['/users/{name}'], maxTemplates: 1 }), [
    ...words,
    'orders/7',
    'orders',
  ]);

  expect(found).toEqual(['/users/{name}', '/orders/{id}', '{other}']);
});

test('classify replaces pathTemplates and guessing, is limited too, and its error does not fail the call', async () => {
  const classify = ({ pathname }: URL, method: string): string | undefined => {
    if (pathname === '/broken') throw new Error('no name for this');
    return pathname === '/none' ? undefined : `${method.toLowerCase()}:${pathname}`;
  };

  const found = await templates(setUp([200], {}, { classify, maxTemplates: 1, pathTemplates: ['/a'] }), [
    'a',
    'b',
    'none',
    'broken',
  ]);

  expect(found).toEqual(['get:/a', '{other}', undefined]);
});

test('each client has its own template limit', async () => {
  const { options, points } = recorder();
  const telemetry = withTelemetry({ ...options, maxTemplates: 1 });
  const fetch = async (): Promise<Response> => new Response();
  const clients = ['a', 'b'].map((name) => createClient({ baseUrl: `https://${name}.test`, fetch }, telemetry));

  for (const [index, client] of clients.entries()) await client.get(index === 0 ? 'one' : 'two');

  const found = await points('http.client.request.duration');
  expect(found.map(({ attributes }) => attributes['url.template'])).toEqual(['/one', '/two']);
});

test.each([
  [{ maxTemplates: -1 }, 'maxTemplates'],
  [{ maxTemplates: 1.5 }, 'maxTemplates'],
  [{ pathTemplates: ['users/{id}'] }, 'pathTemplates'],
  [{ propagate: 'sometimes' }, 'propagate'],
  [{ propagate: ['https://user:secret@api.test/path'] }, 'propagate'],
])('an invalid option is rejected: %j', (options, field) => {
  expect(() => withTelemetry(options as TelemetryOptions)).toThrow(expect.objectContaining({ code: 'CONFIG', field }));
});

test('the error about an invalid origin does not contain its password', () => {
  expect(() => withTelemetry({ propagate: ['https://user:secret@api.test'] })).not.toThrow('secret');
});
