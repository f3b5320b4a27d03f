import { connect } from 'node:net';
import { virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createByteServer } from './byte-server.ts';
import type { Exchange } from './byte-server.ts';
import type { LiteralResponse } from './catalogue.ts';

interface Answered {
  readonly text: string;
  /** The final state of the connection: open, ended, or its error. */
  readonly end: string;
  readonly exchanges: readonly Exchange[];
}

/** What comes over the wire in answer to one request, when so much has come or the connection has ended. */
async function answered(answer: LiteralResponse, lengthOrEnd: number | string): Promise<Answered> {
  const exchanges: Exchange[] = [];
  const server = await createByteServer({ clock: virtualClock(), answer: () => answer, exchanges });
  onTestFinished(() => server.close());
  const socket = connect(server.port, '127.0.0.1');
  const seen = { text: '', end: 'open' };
  socket.on('data', (piece) => {
    seen.text += piece.toString('latin1');
  });
  socket.on('error', ({ message }) => {
    seen.end = message;
  });
  socket.on('end', () => {
    seen.end = 'ended';
  });

  socket.write('POST /token?a=b HTTP/1.1\r\nHost: as.example\r\nContent-Length: 3\r\n\r\nx=1');
  const isThere = (): boolean => seen.text.length === lengthOrEnd || seen.end === lengthOrEnd;
  await vi.waitUntil(() => exchanges.length === 1 && isThere(), { interval: 1, timeout: 4_000 });
  socket.destroy();
  return { ...seen, exchanges };
}

test('an answer comes as it is written: headers in their order and case, the body byte for byte', async () => {
  const headers = [
    ['X-B', '2'],
    ['x-a', 'ü'],
    ['X-B', ''],
  ] as const;

  const wire = 'HTTP/1.1 299 As Given\r\nX-B: 2\r\nx-a: ü\r\nX-B: \r\ncontent-length: 3\r\n\r\n\xff\x00\xfe';

  const answer = { status: 299, headers, bodyBase64: btoa('\xff\x00\xfe') };
  const { text, end, exchanges } = await answered(answer, wire.length);

  expect(text).toBe(wire);
  expect(end).toBe('open');
  expect(exchanges.map(({ request }) => [request.method, request.url, request.body])).toEqual([
    ['POST', 'http://as.example/token?a=b', 'x=1'],
  ]);
});

test('a body that repeats itself comes in chunks, whole', async () => {
  const bodyRepeat = { prefix: '<', unit: 'ab', times: 3, suffix: '>' };
  const wire = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n<\r\n6\r\nababab\r\n1\r\n>\r\n0\r\n\r\n';

  const { text } = await answered({ status: 200, headers: [], bodyRepeat }, wire.length);

  expect(text).toBe(wire);
});

const head = (length: number): string => `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`;
const hint = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n';

test.each([
  { wire: { kind: 'reset-mid-body', afterBytes: 2 }, text: `${head(4)}ab`, end: 'read ECONNRESET' },
  { wire: { kind: 'reset-before-headers' }, text: '', end: 'read ECONNRESET' },
  { wire: { kind: 'short-body', extra: 6 }, text: `${head(10)}abcd`, end: 'ended' },
  { wire: { kind: 'stall-before-headers' }, text: '', end: 'open' },
  { wire: { kind: 'stall-after-headers' }, text: head(4), end: 'open' },
  { wire: { kind: 'drip', intervalMs: 200 }, text: head(4), end: 'open' },
  { wire: { kind: 'early-hints' }, text: `${hint}${head(4)}abcd`, end: 'open' },
])('$wire.kind happens on the wire', async ({ wire, text, end }) => {
  const seen = await answered({ status: 200, headers: [], body: 'abcd', wire }, end === 'open' ? text.length : end);

  expect(seen.end).toBe(end);
  expect(seen.text).toBe(text);
});
