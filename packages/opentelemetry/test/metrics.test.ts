import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { DataPointType } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import type { TelemetryOptions } from '../src/index.ts';
import { withTelemetry } from '../src/index.ts';
import { recorder } from './recorded.ts';

/** A client with telemetry whose server answers with these statuses; the last goes on. */
function world(statuses: readonly number[] = [200], options: ClientOptions = {}, telemetry: TelemetryOptions = {}) {
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
  const { client, metrics } = world([503, 200]);

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

test("a call is one point, however many requests it took, in seconds by the client's clock", async () => {
  const { client, clock, points } = world([503, 200], { retry: { limit: 1, delay: () => 2_000, jitter: false } });

  const answer = client.get('v1/orders/42');
  await clock.advance(2_000);
  await answer;

  expect(await points('http.client.request.duration')).toMatchObject([
    { attributes: { ...order, 'http.response.status_code': 200 }, value: { count: 1, sum: 2 } },
  ]);
});

test('a failed call says how it failed, and where it got no answer it has no status', async () => {
  const { client, points } = world([404]);
  const { client: broken, points: brokenPoints } = world([], {
    fetch: () => Promise.reject(new TypeError()),
    retry: 0,
  });

  await client.fetch('v1/orders/42');
  await expect(broken.get('v1/orders/42')).rejects.toThrow();

  const [found] = await points('http.client.request.duration');
  const [none] = await brokenPoints('http.client.request.duration');
  expect(found?.attributes).toEqual({ ...order, 'http.response.status_code': 404, 'error.type': '404' });
  expect(none?.attributes).toEqual({ ...order, 'error.type': 'TRANSPORT' });
});

test('calls under way are counted until their head comes', async () => {
  const head = Promise.withResolvers<Response>();
  const { client, points } = world([], { fetch: () => head.promise });

  const answers = [client.fetch('v1/orders/1'), client.fetch('v1/orders/2')];
  const during = await points('http.client.active_requests');
  head.resolve(new Response());
  await Promise.all(answers);

  expect(during).toEqual([{ attributes: order, value: 2 }]);
  expect(await points('http.client.active_requests')).toEqual([{ attributes: order, value: 0 }]);
});

test('requests beyond the first are counted with their reason', async () => {
  const { client, points } = world([503, 302, 200]);

  await client.get('v1/orders/42');

  expect(await points('bearings.client.retries')).toEqual([
    { attributes: { ...order, 'bearings.resend.reason': 'retry' }, value: 1 },
    { attributes: { ...order, 'bearings.resend.reason': 'redirect' }, value: 1 },
  ]);
});

/** The templates that a client's calls were counted by. */
async function templates({ client, points }: ReturnType<typeof world>, paths: readonly string[]): Promise<unknown[]> {
  for (const path of paths) await client.get(path);
  const all = await points('http.client.request.duration');
  return all.map(({ attributes }) => attributes['url.template']);
}

const words = ['a', 'b', 'c', 'd', 'e'].map((letter) => `users/${letter.repeat(3)}`);

test('there are no more templates than allowed, and other for the rest', async () => {
  const found = await templates(world([200], {}, { maxTemplates: 3 }), words);

  expect(found).toEqual(['/users/aaa', '/users/bbb', '/users/ccc', '{other}']);
});

test('a hundred templates are allowed by default', async () => {
  const letters = Array.from({ length: 150 }, (_, index) =>
    String.fromCodePoint(97 + (index % 26)).repeat(1 + index / 26),
  );

  const found = await templates(world(), letters);

  expect(new Set(found).size).toBe(101);
});

test('templates that are written down come first and are not counted', async () => {
  const found = await templates(world([200], {}, { pathTemplates: ['/users/{name}'], maxTemplates: 1 }), [
    ...words,
    'orders/7',
    'orders',
  ]);

  expect(found).toEqual(['/users/{name}', '/orders/{id}', '{other}']);
});

test('a classifier of the own takes the place of both, is bounded too, and cannot break a call', async () => {
  const classify = ({ pathname }: URL, method: string): string | undefined => {
    if (pathname === '/broken') throw new Error('no name for this');
    return pathname === '/none' ? undefined : `${method.toLowerCase()}:${pathname}`;
  };

  const found = await templates(world([200], {}, { classify, maxTemplates: 1, pathTemplates: ['/a'] }), [
    'a',
    'b',
    'none',
    'broken',
  ]);

  expect(found).toEqual(['get:/a', '{other}', undefined]);
});

test('each client has its own templates', async () => {
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
])('an option that means nothing is refused: %j', (options, field) => {
  expect(() => withTelemetry(options as TelemetryOptions)).toThrow(expect.objectContaining({ code: 'CONFIG', field }));
});

test('a refused origin is not quoted with its password', () => {
  expect(() => withTelemetry({ propagate: ['https://user:secret@api.test'] })).not.toThrow('secret');
});
