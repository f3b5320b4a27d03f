import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { errorBodyLimitMs, readErrorData } from '../../src/entry/error-data.ts';

const json = { 'content-type': 'application/json' };
const problem = { 'content-type': 'Application/Problem+JSON; charset=utf-8' };
const unknownCharset = { 'content-type': 'text/plain; charset="no-such"' };
const latin1 = { 'content-type': 'text/plain; charset=iso-8859-1' };

const limitMs = errorBodyLimitMs(30_000);

const read = (
  body: ConstructorParameters<typeof Response>[0],
  headers: Record<string, string> = {},
): Promise<unknown> => readErrorData(new Response(body, { status: 404, headers }), { clock: virtualClock(), limitMs });

interface ErrorBody {
  readonly body: ConstructorParameters<typeof Response>[0];
  readonly headers: Record<string, string>;
  readonly expected: unknown;
}

test.each<[string, ErrorBody]>([
  ['JSON is parsed', { body: '{"a":1}', headers: json, expected: { a: 1 } }],
  ['a kind of JSON is parsed', { body: '{"a":1}', headers: problem, expected: { a: 1 } }],
  ['text stays text', { body: '{"a":1}', headers: {}, expected: '{"a":1}' }],
  ['JSON that is not valid is left out', { body: '{"a":', headers: json, expected: undefined }],
  ['an empty body is left out', { body: '', headers: json, expected: undefined }],
  ['no body is left out', { body: null, headers: json, expected: undefined }],
  ['text is decoded by its charset', { body: new Uint8Array([228]), headers: latin1, expected: 'ä' }],
  ['an unknown charset is read as UTF-8', { body: 'ä', headers: unknownCharset, expected: 'ä' }],
])('%s', async (_case, { body, headers, expected }) => {
  expect(await read(body, headers)).toEqual(expected);
});

test('a body that does not end within 10 s is given up', async () => {
  const clock = virtualClock();
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('beginning')),
    cancel: () => cancelled.resolve(),
  });

  const reading = readErrorData(new Response(body, { status: 500 }), { clock, limitMs });
  await clock.advance(10_000);

  expect(await reading).toBeUndefined();
  await cancelled.promise;
  expect(clock.pending).toBe(0);
});

test('a body of more than 10 MiB is given up', async () => {
  expect(await read(new Uint8Array(10 * 1024 * 1024))).toHaveLength(10 * 1024 * 1024);
  expect(await read(new Uint8Array(10 * 1024 * 1024 + 1))).toBeUndefined();
});

test('a body that fails is left out, and one that is being read is not touched', async () => {
  const failing = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
  const response = new Response('text', { status: 500 });
  response.body?.getReader();

  expect(await read(failing)).toBeUndefined();
  expect(await readErrorData(response, { clock: virtualClock(), limitMs })).toBeUndefined();
});
