import { once } from 'node:events';
import { request } from 'node:http';
import type { RequestOptions } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { RunError } from '../src/run-error.ts';
import { formatStatus } from '../src/worker/format-status.ts';
import { serveStatus } from '../src/worker/serve-status.ts';
import type { RunStatus, Status } from '../src/worker/status.ts';

const run: RunStatus = {
  id: 'f3b8',
  connector: 'shop',
  state: 'running',
  cause: 'schedule',
  version: 'a1b2',
  attempts: 2,
  records: 40,
  pages: 8,
  queuedAt: '2026-11-27T03:00:00.000Z',
  startedAt: '2026-11-27T03:00:01.000Z',
  finishedAt: null,
  durationMs: 61_500,
  nextAttemptAt: null,
  worker: 'app-1/7',
  output: null,
  failure: null,
};

const failure = {
  code: 'EXTRACTION',
  reason: 'orders, page 3: 500',
  details: ['kept: 10 records'],
  remedy: 'Call them',
};

const status: Status = {
  at: '2026-11-27T03:01:00.000Z',
  connectors: [
    { name: 'crm', version: 'c3', cron: null, timezone: null, nextAt: null },
    { name: 'shop', version: 'a1b2', cron: '0 3 * * *', timezone: 'UTC', nextAt: '2026-11-28T03:00:00.000Z' },
  ],
  runs: [run, { ...run, state: 'failed', worker: null, failure }],
  workers: [
    { name: 'app-1/7', versions: { shop: 'a1b2' }, isLive: true, startedAt: '2026-11-27T01:00:00.000Z' },
    { name: 'app-2/7', versions: { shop: 'a1b2' }, isLive: false, startedAt: '2026-11-27T01:00:00.000Z' },
  ],
};

test('the status lists live workers, schedules with their next time, and runs with reason and remedy', () => {
  expect(formatStatus(status)).toEqual([
    'workers: app-1/7',
    'crm: no schedule',
    'shop: 0 3 * * * (UTC), next at 2026-11-28T03:00:00.000Z',
    '▶ shop running, 40 records in 8 pages, 1 min 1 s, attempt 2, on app-1/7, run f3b8',
    '✗ shop failed, 40 records in 8 pages, 1 min 1 s, attempt 2, run f3b8',
    '    orders, page 3: 500',
    '    kept: 10 records',
    '    Call them',
  ]);
});

async function readToEnd(reader: ReadableStreamDefaultReader<string> | undefined): Promise<void> {
  while ((await reader?.read())?.done === false);
}

async function serve(read: () => Promise<Status> = async () => status) {
  const server = await serveStatus(read, 0);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

test('the status is served as JSON, which no cache keeps', async () => {
  const { url } = await serve();

  const response = await fetch(url);

  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toMatchObject({ connectors: { status, failure: null }, tokens: [], clients: [] });
});

test('the status is served as events, and closing ends them', async () => {
  const server = await serve();

  const response = await fetch(server.url, { headers: { accept: 'text/event-stream' } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('app-1/7')) text += (await reader?.read())?.value ?? '';
  await server[Symbol.asyncDispose]();

  expect(text).toMatch(/^event: snapshot\ndata: /);
  await expect(readToEnd(reader)).rejects.toThrow();
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});

test('other methods, other paths, and pages of other sites are refused without reading the database', async () => {
  let reads = 0;
  const { url } = await serve(async () => {
    reads += 1;
    return status;
  });
  const asked = async (path: string, options: RequestOptions): Promise<number | undefined> => {
    const sent = request(new URL(path, url), { ...options, agent: false }).end();
    const [response] = await once(sent, 'response');
    response.resume();
    return response.statusCode;
  };

  for (const method of ['POST', 'PUT', 'OPTIONS', 'TRACE', 'PROPFIND'])
    expect(await asked('/status', { method })).toBe(405);
  expect(await asked('/status', { method: 'HEAD' })).toBe(200);
  expect(await asked('/', {})).toBe(404);
  expect(await asked('/status', { headers: { host: 'evil.test' } })).toBe(421);
  expect(reads).toBe(0);
});

test('while the database does not answer, the reason is in the status', async () => {
  const { url } = await serve(() => Promise.reject(new RunError('DATABASE', 'no answer', ['start it'])));

  expect(await (await fetch(url)).json()).toMatchObject({ connectors: { status: null, failure: 'no answer' } });
});

test('a port that is in use is named', async () => {
  const { url } = await serve();

  await expect(serveStatus(async () => status, Number(new URL(url).port))).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining(`Port ${new URL(url).port} cannot be used`),
  });
});
