import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

/** The two hosts in the snippets. */
const network = setupServer(
  http.get('https://id.internal/.well-known/openid-configuration', () =>
    HttpResponse.json({ issuer: 'https://id.internal', token_endpoint: 'https://id.internal/token' }),
  ),
  http.post('https://id.internal/token', () =>
    HttpResponse.json({ access_token: 'issued', token_type: 'Bearer', expires_in: 3600 }),
  ),
  http.get('https://orders.internal/v1/orders/41', () => new HttpResponse(null, { status: 404 })),
  http.get('https://orders.internal/v1/orders/42', () => HttpResponse.json({ id: 42, state: 'shipped' })),
);

beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
beforeEach(() => vi.stubEnv('ORDERS_SECRET', 'a secret'));
afterEach(() => {
  network.resetHandlers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(() => network.close());

const expected: Record<string, unknown> = {
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
  'opentelemetry.ts': { id: 42, state: 'shipped' },
  'providers.ts': 'calendar, chat, erp, files',
  'token-events.ts': 'acquired: valid for 3600 s',
  'token-pool.ts': '2 orders, 2 tokens',
  'user-tokens.ts': 'alice opens https://app.example (not_connected)',
  'undici.ts': '▼ transport     undici        connections 64 · pipelining 1 · allowH2 false · connectTimeout 2 s',
};

test.each(globSync('examples/snippets/*.ts'))('%s prints what it is there to show', async (file) => {
  const printed = vi.spyOn(console, 'log').mockReturnValue();

  await import(resolve(file));

  expect(printed.mock.lastCall).toEqual([expected[file.split('/').at(-1) ?? '']]);
});
