import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { publicLookup, shouldRetry, withCircuitBreaker, withPublicAddressesOnly } from '../src/index.ts';
import { caught } from './caught.ts';
import { ok, scriptedFetch } from './scripted.ts';

const url = 'https://api.test/';

/** Passes options that TypeScript refuses, as JavaScript or a spread object may. */
const untyped = (options: object): object => options;

test.each<[string, object, string]>([
  ['timeoutMs', { timeoutMs: 5_000 }, 'Did you mean timeout?'],
  ['timeOut', { timeOut: 5 }, 'Did you mean timeout?'],
  ['totalTimeoutMs', { totalTimeoutMs: 5_000 }, 'Did you mean totalTimeout?'],
  ['baseURL', { baseURL: url }, 'Did you mean baseUrl?'],
  ['prefixUrl', { prefixUrl: url }, 'Did you mean prefix?'],
  ['retries', { retries: 3 }, 'Did you mean retry?'],
  ['maxResponseByte', { maxResponseByte: 1 }, 'Did you mean maxResponseBytes?'],
  ['insecureHTTP', { insecureHTTP: true }, 'Did you mean insecureHttp?'],
  ['validateStatus', { validateStatus: () => true }, 'Did you mean throwHttpErrors?'],
  ['maxRedirects', { maxRedirects: 0 }, 'Did you mean redirects?'],
  ['maxContentLength', { maxContentLength: 1 }, 'Did you mean maxResponseBytes?'],
  ['params', { params: { page: 2 } }, 'Did you mean searchParams?'],
  ['retry.max', { retry: { max: 3 } }, 'The options are limit, methods'],
  ['retry.limits', { retry: { limits: 3 } }, 'Did you mean retry.limit?'],
  ['retry.budget.ration', { retry: { budget: { ration: 1 } } }, 'Did you mean retry.budget.ratio?'],
  ['concurrency.queues', { concurrency: { limit: 1, queues: 1 } }, 'Did you mean concurrency.queue?'],
  ['redirects.origin', { redirects: { origin: [url] } }, 'Did you mean redirects.origins?'],
])('createClient refuses the unknown option %s', async (field, options, help) => {
  const error = await caught(() => createClient(untyped(options)));

  expect(error).toMatchObject({ code: 'CONFIG', field });
  expect(error.message).toContain(help);
});

test.each<[string, object]>([
  ['insecureHttp', { insecureHttp: 'false' }],
  ['concurrency', { concurrency: '5' }],
  ['redirects', { redirects: 5 }],
  ['clock', { clock: {} }],
  ['fetch', { fetch: 5 }],
  ['hooks', { hooks: { beforeRequest: 'log' } }],
  ['throwHttpErrors', { throwHttpErrors: 'false' }],
  ['parseJson', { parseJson: {} }],
  ['retry', { retry: '3' }],
  ['retry.budget', { retry: { budget: 'off' } }],
  ['retry.attemptHeader', { retry: { attemptHeader: 'x-attempt' } }],
  ['retry.idempotencyHeader', { retry: { idempotencyHeader: 'not a header' } }],
  ['retry.generateIdempotencyKey', { retry: { generateIdempotencyKey: 'yes' } }],
])('createClient refuses a value of the wrong type: %s', async (field, options) => {
  const error = await caught(() => createClient(untyped(options)));

  expect(error).toMatchObject({ code: 'CONFIG', field });
  expect(error.message).toMatch(new RegExp(`^${field} must be .+, not .+`));
});

test.each<[string, unknown]>([
  ['null', null],
  ['a string', 'https://api.test'],
  ['a list', []],
  ['a promise', Promise.resolve({})],
])('createClient refuses %s in the place of the options', async (_name, options) => {
  const error = await caught(() => Reflect.apply(createClient, undefined, [options]));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'options' });
});

test.each<[string, () => unknown]>([
  ['threshold', () => withCircuitBreaker(untyped({ threshold: 5 }))],
  ['allowed', () => withPublicAddressesOnly(untyped({ allowed: [] }))],
  ['resolve', () => withPublicAddressesOnly(untyped({ resolve: 'dns' }))],
  ['resolve', () => publicLookup(untyped({ resolve: () => [] }))],
  ['allow', () => publicLookup(untyped({ allow: '10.0.0.0/8' }))],
  ['retry.method', () => shouldRetry(503, { method: 'GET' }, untyped({ method: ['post'] }))],
])('each function with options refuses wrong ones: %s', async (field, act) => {
  expect(await caught(act)).toMatchObject({ code: 'CONFIG', field });
});

test('an option that is undefined counts as not given', () => {
  expect(() => createClient(untyped({ timeout: undefined, concurrency: undefined, clock: undefined }))).not.toThrow();
});

test('options that ky, fetch or the fetch of a framework know are accepted by a client and by a call', async () => {
  const init = { next: { revalidate: 1 }, cf: { cacheTtl: 1 }, priority: 'high', keepalive: true, cache: 'no-store' };
  const network = scriptedFetch(ok, ok);
  const api = createClient(untyped({ ...init, fetch: network, searchParams: { a: 1 }, context: {} }));

  await api.get(url);
  await api.get(url, untyped(init));

  expect(network.sent.map(({ init: given }) => given)).toMatchObject([init, init]);
});

test('client.fetch passes options that it does not know to the network', async () => {
  const init = { next: { revalidate: 1 }, cf: { cacheTtl: 1 }, priority: 'high', agent: 'of another library' };
  const network = scriptedFetch(ok, ok);
  const { fetch } = createClient({ fetch: network });

  await fetch(url, untyped(init));
  await fetch(new Request(url), untyped(init));

  expect(network.sent.map(({ init: given }) => given)).toMatchObject([init, init]);
});

test.each(['timeoutMs', 'retries', 'totalTimeoutMs', 'maxResponseBytes', 'redirects', 'json', 'searchParams'])(
  'client.fetch refuses %s, which would have no effect',
  async (name) => {
    const network = scriptedFetch(ok);
    const { fetch } = createClient({ fetch: network });

    const error = await caught(() => fetch(url, untyped({ [name]: 1 })));

    expect(error).toMatchObject({ code: 'CONFIG', field: name });
    expect(network.sent).toHaveLength(0);
  },
);

test.each(['timeoutMs', 'retries', 'maxResponseBytes', 'redirects', 'bodyTimeoutMs'])(
  "a call by ky's methods, and extend(), refuse %s",
  async (name) => {
    const api = createClient({ fetch: scriptedFetch(ok) });

    expect(await caught(() => api.get(url, untyped({ [name]: 1 })))).toMatchObject({ code: 'CONFIG', field: name });
    expect(await caught(() => api.extend(untyped({ [name]: 1 })))).toMatchObject({ code: 'CONFIG', field: name });
    expect(await caught(() => api.create(untyped({ [name]: 1 })))).toMatchObject({ code: 'CONFIG', field: name });
  },
);

test.each([undefined, null, false, 'undici', 5, Promise.resolve([])])(
  'createClient refuses %o in the place of a layer',
  async (layer) => {
    const error = await caught(() => Reflect.apply(createClient, undefined, [{}, layer]));

    expect(error).toMatchObject({ code: 'CONFIG' });
    expect(error.message).toMatch(/layer|slot/);
  },
);

test.each([
  ['https://api.test/v1', "baseUrl: 'https://api.test/v1/' or prefix: 'https://api.test/v1'"],
  ['https://api.test/services/T0/s3cret', "baseUrl: 'https://api.test/…/' or prefix: 'https://api.test/…'"],
])(
  'a baseUrl whose last segment would be dropped is refused, with both ways to write it: %s',
  async (baseUrl, remedy) => {
    const api = createClient({ fetch: scriptedFetch() });

    for (const act of [
      () => createClient({ baseUrl }),
      () => createClient({ baseUrl: new URL(baseUrl) }),
      () => api.extend({ baseUrl }),
      () => api.create({ baseUrl }),
      () => api.get('orders', { baseUrl }),
    ]) {
      const error = await caught(act);
      expect(error).toMatchObject({ code: 'CONFIG', field: 'baseUrl' });
      expect(error.message).toContain(remedy);
      expect(error.message).not.toContain('s3cret');
    }
  },
);

test.each(['https://api.test', 'https://api.test/', 'https://api.test/v1/', 'https://api.test/v1/?tenant=a/b'])(
  'a baseUrl that loses nothing is accepted: %s',
  (baseUrl) => {
    expect(() => createClient({ baseUrl })).not.toThrow();
  },
);
