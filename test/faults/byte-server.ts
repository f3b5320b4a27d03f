import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { Clock } from '@bearings/client';
import { bodyBytes, bodyPieces, headBytes } from './response-bytes.ts';
import type { LiteralResponse } from './catalogue.ts';
import { readRequest } from './seen-request.ts';
import type { SeenRequest } from './seen-request.ts';

/** A request, and the state of its response. */
export interface Exchange {
  readonly request: SeenRequest;
  /** `still`: the response is incomplete and waits for virtual time. */
  state: 'answering' | 'still' | 'over';
}

export interface ByteServerOptions {
  /** Both PEM. Default: plain http. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  readonly clock: Clock;
  readonly answer: (request: SeenRequest) => LiteralResponse;
  /** Receives every request. */
  readonly exchanges: Exchange[];
}

export interface ByteServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A server on loopback that writes literal responses to the socket, with the connection faults of `wire`. */
export async function createByteServer(options: ByteServerOptions): Promise<ByteServer> {
  const { certificate } = options;
  const secureContext = certificate && createSecureContext(certificate);
  const sockets = new Set<Socket>();
  const server = createServer((raw) => {
    sockets.add(raw);
    raw.on('close', () => sockets.delete(raw));
    serve(raw, secureContext, options);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: getPort(server),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function getPort(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A connection: `socket` carries the data; `raw` is the TCP socket below TLS, which can be reset. */
interface Connection {
  readonly raw: Socket;
  readonly socket: Socket;
  readonly clock: Clock;
}

function serve(
  raw: Socket,
  secureContext: SecureContext | undefined,
  { clock, answer, exchanges }: ByteServerOptions,
): void {
  const socket = secureContext === undefined ? raw : new TLSSocket(raw, { isServer: true, secureContext });
  const scheme = secureContext === undefined ? 'http' : 'https';
  for (const each of [raw, socket]) each.on('error', () => {}); // clients disconnect, and some reject the certificate
  raw.setNoDelay(true); // head and body are separate writes
  let received = Buffer.alloc(0);
  let last: Exchange | undefined;
  socket.on('close', () => {
    if (last !== undefined) last.state = 'over';
  });
  socket.on('data', (piece: Buffer) => {
    received = Buffer.concat([received, piece]);
    const read = readRequest(received, { scheme, at: clock.now() });
    if (read === undefined) return;
    received = received.subarray(read.length);
    const exchange: Exchange = { request: read.request, state: 'answering' };
    exchanges.push(exchange);
    last = exchange;
    void respond(answer(read.request), exchange, { raw, socket, clock });
  });
}

async function respond(answer: LiteralResponse, exchange: Exchange, connection: Connection): Promise<void> {
  const { raw, socket, clock } = connection;
  const { kind, afterBytes, extra, intervalMs } = { kind: 'none', ...answer.wire } as Wire;
  if (kind === 'reset-before-headers') raw.resetAndDestroy();
  if (kind === 'reset-before-headers' || kind === 'stall-before-headers') return markStill(exchange);
  if (kind === 'early-hints') socket.write('HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n');
  socket.write(headBytes(answer, extra));
  if (kind === 'stall-after-headers') return markStill(exchange);
  if (kind === 'drip') return drip(bodyBytes(answer), exchange, { socket, clock, intervalMs });
  if (kind === 'reset-mid-body') {
    socket.write(bodyBytes(answer).subarray(0, afterBytes));
    await waitTurns(5); // a reset can overtake data that was just written
    raw.resetAndDestroy();
    return;
  }
  await writeAll(bodyPieces(answer), socket);
  if (kind === 'short-body') socket.end();
  exchange.state = 'over';
}

/** The transport faults of the catalogue, and `reset-before-headers`. */
interface Wire {
  readonly kind: string;
  readonly afterBytes: number;
  readonly extra?: number;
  readonly intervalMs: number;
}

function markStill(exchange: Exchange): void {
  if (exchange.state === 'answering') exchange.state = 'still';
}

/** Writes no faster than the client reads. */
async function writeAll(pieces: Iterable<Buffer>, socket: Socket): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    if (!socket.write(piece)) await drained(socket);
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

function drip(
  bytes: Buffer,
  exchange: Exchange,
  { socket, clock, intervalMs }: { socket: Socket; clock: Clock; intervalMs: number },
): void {
  let sent = 0;
  const next = (): void => {
    if (exchange.state === 'over') return;
    socket.write(bytes.subarray(sent, sent + 1));
    sent += 1;
    if (sent === bytes.byteLength) exchange.state = 'over';
    else clock.schedule(intervalMs, next);
  };
  exchange.state = 'still';
  clock.schedule(intervalMs, next);
}

/** Waits for some turns of the event loop. */
export async function waitTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
