import { isBearingsError } from '../../src/errors/index.ts';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { HttpStatusError } from '../../src/errors/http-status-error.ts';
import { layer } from '../../src/core/layer.ts';
import { caught } from '../caught.ts';
import { scriptedFetch, status, times } from '../scripted.ts';
import type { Answer } from '../scripted.ts';

const url = 'https://api.test/orders';
const bearer = layer('auth', 'bearer', (next) => (request, call) => {
  call.headers.setCredential('authorization', 'Bearer at_CANARY');
  return next(request, call);
});

async function catchStatusError(answer: Answer, options: object = {}): Promise<HttpStatusError> {
  const api = createClient({ fetch: scriptedFetch(...times(9, answer)), random: () => 0 }, bearer);
  const error = await caught(() => api(url, { method: 'post', ...options }));
  if (!isBearingsError(error, 'HTTP_STATUS')) throw error;
  return error;
}

test('an error for a status has the status, the origin, the attempts and whether a retry may help', async () => {
  const json = { 'content-type': 'application/json' };
  const gone = await catchStatusError(status(404, json, '{"error":"no such order"}'));
  const busy = await catchStatusError(status(503), { method: 'put' });

  expect(gone).toMatchObject({
    code: 'HTTP_STATUS',
    status: 404,
    origin: 'https://api.test',
    attempts: 1,
    retryable: false,
    preview: '{"error":"no such order"}',
  });
  expect(busy).toMatchObject({ status: 503, attempts: 3, retryable: true });
  expect('preview' in busy).toBe(false);
});

test('the preview does not show a credential of the call that the server sends back', async () => {
  const error = await catchStatusError(status(400, {}, 'at_CANARY is unknown to us (Bearer at_CANARY)'));

  expect(error.preview).toBe('[REDACTED] is unknown to us ([REDACTED])');
});

test("printing the error shows no body, header or query, and ky's properties are still there", async () => {
  const error = await catchStatusError(status(400, { 'set-cookie': 'sid=CANARY' }, 'password=CANARY'), {
    json: { password: 'CANARY' },
    headers: { 'x-api-key': 'CANARY' },
    searchParams: { key: 'CANARY' },
  });

  const printed = [
    inspect(error, { depth: 9 }),
    JSON.stringify(error),
    error.stack,
    JSON.stringify(Object.entries(error)),
  ];
  expect(printed.filter((text) => text?.includes('CANARY'))).toEqual([]);
  expect(error.data).toBe('password=CANARY');
  expect(error.request.headers.get('x-api-key')).toBe('CANARY');
  expect(error.response.status).toBe(400);
});

test('after a stream was sent, the error is not retryable', async () => {
  const body = new ReadableStream({ start: (controller) => controller.close() });

  expect(await catchStatusError(status(503), { method: 'put', body })).toMatchObject({ attempts: 1, retryable: false });
});

test('isBearingsError is false for an HTTPError that ky itself made', () => {
  expect(isBearingsError(Object.assign(new Error('x'), { name: 'HTTPError' }))).toBe(false);
});

test('the preview does not show a credential header of the caller that the server sends back', async () => {
  const headers = { 'x-api-key': 'k-7f3a99', authorization: 'Basic Y2FuYXJ5OkNBTkFSWQ==' };

  const error = await catchStatusError(status(403, {}, 'key k-7f3a99, password CANARY'), { headers });

  expect(error.preview).toBe('key [REDACTED], password [REDACTED]');
});

test('the error of a status has method and path template, also as JSON', async () => {
  const api = createClient({ fetch: scriptedFetch(status(404)) });

  const error = await caught(() => api.delete('https://api.test/v1/orders/4711?key=secret'));

  const facts = { method: 'DELETE', pathTemplate: '/v1/orders/{id}', origin: 'https://api.test' };
  expect(error).toMatchObject(facts);
  expect(JSON.parse(JSON.stringify(error))).toMatchObject(facts);
});
