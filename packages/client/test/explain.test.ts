import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { explain } from '../src/explain.ts';
import { layer } from '../src/core/layer.ts';
import type { Stage } from '../src/core/stage.ts';

const through: Stage = (next) => next;

test('the whole stack is shown, outermost first, with the settings of each stage', () => {
  const client = createClient(
    { totalTimeout: 90_000, concurrency: { limit: 50, queue: 10 }, redirects: { origins: ['https://cdn.test'] } },
    layer('auth', { name: 'bearer', settings: { header: 'authorization', origins: ['https://api.test'] } }, through),
    layer('observe', 'mine', through),
  );

  expect(explain(client).split('\n')).toEqual([
    '▼ observe       mine',
    '▼ concurrency   concurrency   limit 50 · limitPerOrigin no limit · queue 10 · queueTimeout false',
    '▼ retry         retry         limit 2 · methods get, put, head, delete, options, trace, query · statusCodes 408, 429, 500, 502, 503, 504 · always 429 · backoffLimit 20 s · maxRetryAfter 60 s · budget 0.2 a call, 10 a second',
    '▼ auth          bearer        header authorization · origins https://api.test',
    '▼ timeout       timeout       timeout 30 s · bodyTimeout 30 s · totalTimeout 90 s',
    '▼ userAgent     userAgent     userAgent bearings',
    '▼ responseSize  responseSize  maxResponseBytes 10 MiB'.replace('maxResponseBytes', 'maxResponse'),
    '▼ redirect      redirect      limit 10 · blocked error · origins https://cdn.test',
    '▼ destination   destination   insecureHttp false',
    '▼ transport     fetch',
  ]);
});

test('a client that was extended explains the same stack', () => {
  const client = createClient({ baseUrl: 'https://api.test' });

  expect(explain(client.extend({ headers: { a: 'b' } }))).toBe(explain(client));
});

test('settings that are off, unlimited or small are shown as such', () => {
  const text = explain(
    createClient({ timeout: 250, bodyTimeout: false, maxResponseBytes: Infinity, retry: { budget: false } }),
  );

  expect(text).toContain('timeout 250 ms · bodyTimeout false · totalTimeout false');
  expect(text).toContain('maxResponse no limit');
  expect(text).toContain('budget false');
});
