import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { postgres, redis } from './services.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

/** The hosts in the snippets. */
const network = setupServer(
  http.get('https://id.internal/.well-known/openid-configuration', () =>
    HttpResponse.json({ issuer: 'https://id.internal', token_endpoint: 'https://id.internal/token' }),
  ),
  http.post('https://id.internal/token', () =>
    HttpResponse.json({ access_token: 'issued', token_type: 'Bearer', expires_in: 3600 }),
  ),
  http.get('https://catalog.internal/v1/items', () => HttpResponse.json([])),
  http.get('https://orders.internal/v1/orders', ({ request }) =>
    HttpResponse.json(
      new URL(request.url).searchParams.get('cursor') === 'c2'
        ? { data: [{ id: 43 }], meta: { next_cursor: null } }
        : { data: [{ id: 41 }, { id: 42 }], meta: { next_cursor: 'c2' } },
    ),
  ),
  http.get('https://orders.internal/v1/orders/41', () => new HttpResponse(null, { status: 404 })),
  http.get('https://orders.internal/v1/orders/42', () => HttpResponse.json({ id: 42, state: 'shipped' })),
);

const folders: string[] = [];

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  folders.push(folder);
  return folder;
}

beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
beforeEach(() => {
  vi.stubEnv('ORDERS_SECRET', 'a secret');
  vi.stubEnv('ASSERTION_FILE', fileWithJwt());
  vi.stubEnv('TOKEN_KEY', Buffer.alloc(32, 7).toString('base64'));
  vi.stubEnv('CACHE_FOLDER', createFolder());
  vi.stubEnv('REDIS_URL', redis.url);
  vi.stubEnv('DATABASE_URL', postgres.url);
});
afterEach(() => {
  network.resetHandlers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(() => {
  network.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const expected: Record<string, unknown> = {
  'shutdown.ts': 'closed',
  'workload-identity.ts': 'fresh',
  'client-assertion.ts': 200,
  'mtls.ts': true,
  'exchanged-token.ts': 200,
  'bearer-interceptor.ts': 'function',
  'layers.ts': 200,
  'errors.ts': 'no such order',
  'explain.ts': expect.stringMatching(
    /^▼ concurrency .+\n▼ retry .+\n▼ circuitBreaker {2}circuit-breaker {2}failureRatio 0\.5 · minimumCalls 20/,
  ),
  'config.ts': { id: 42, state: 'shipped' },
  'discovery.ts': 'https://id.internal/token',
  'client-fetch.ts': 200,
  'first-call.ts': { id: 42, state: 'shipped' },
  'first-client.ts': 'shipped',
  'layer.ts': 'GET https://orders.internal 200 (attempts: 1)',
  'nestjs.ts': { orders: { status: 'up', token: 'fresh', validForMs: expect.any(Number) } },
  'opentelemetry.ts': { id: 42, state: 'shipped' },
  'paging.ts': '3 orders',
  'providers.ts': 'calendar, chat, erp, files',
  'status-handler.ts': 'fresh',
  'token-events.ts': 'acquired: valid for 3600 s',
  'token-pool.ts': '2 orders, 2 tokens',
  'user-tokens.ts': 'alice opens https://app.example (not_connected)',
  'token-store-file.ts': true,
  'token-store-postgres.ts': 'fresh',
  'token-store-redis.ts': 'fresh',
  'undici.ts': '▼ transport     undici        connections 64 · pipelining 1 · allowH2 false · connectTimeout 2 s',
};

/** A JWT that does not expire, which is not verified here. */
function fileWithJwt(): string {
  const file = join(createFolder(), 'token');
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  writeFileSync(file, `${part({ alg: 'none' })}.${part({ sub: 'billing' })}.c2ln`);
  return file;
}

/** What snippets need besides those hosts. */
const isMissing = (file: string): boolean =>
  (file.endsWith('token-store-redis.ts') && !redis.isThere) ||
  (file.endsWith('token-store-postgres.ts') && !postgres.isThere);

const files = globSync('examples/snippets/*.ts').map((file) => ({ file, isSkipped: isMissing(file) }));

test.for(files)('$file prints what it is there to show', async ({ file, isSkipped }, { skip }) => {
  skip(isSkipped, 'its server is not there');
  const printed = vi.spyOn(console, 'log').mockReturnValue();

  await import(resolve(file));

  expect(printed.mock.lastCall).toEqual([expected[file.split('/').at(-1) ?? '']]);
});
