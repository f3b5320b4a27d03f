import type { Clock } from '@bearings/client';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Answer, Wire } from './answer.ts';
import { throwAwayCertificate } from './certificate.ts';

/** How a fake server listens. */
export interface ListenOptions {
  /** HTTPS with a certificate made on the spot, which nobody trusts unless told to. Default: false. */
  readonly tls?: boolean;
}

interface LoopbackOptions extends ListenOptions {
  readonly respond: (request: Request) => Promise<Answer>;
  readonly clock: Clock;
}

/** A server on this machine that can go away and come back at the same address. */
export interface Loopback {
  readonly origin: string;
  readonly certificate: string | undefined;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a port of the system's choice. */
export async function listenOnLoopback({ respond, clock, tls = false }: LoopbackOptions): Promise<Loopback> {
  let origin = '';
  const listener: RequestListener = (incoming, outgoing) => void exchange(incoming, outgoing);
  const exchange = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    try {
      await send(await respond(await requestOf(incoming, origin)), outgoing, clock);
    } catch (cause) {
      outgoing.destroy(cause instanceof Error ? cause : undefined); // the client sees that nothing came
    }
  };
  const certificate = tls ? await throwAwayCertificate() : undefined;
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  await listen(server, 0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    origin,
    certificate: certificate?.cert,
    async open() {
      if (!server.listening) await listen(server, port);
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function requestOf(incoming: IncomingMessage, origin: string): Promise<Request> {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const pieces: Uint8Array[] = await incoming.toArray();
  const body = pieces.length === 0 ? null : Buffer.concat(pieces);
  return new Request(new URL(url, origin), { method, headers, body });
}

async function send(
  { status, headers, body, isLost = false, wire }: Answer,
  outgoing: ServerResponse,
  clock: Clock,
): Promise<void> {
  if (isLost || (wire?.kind === 'reset' && wire.afterBytes < 0)) return reset(outgoing);
  const isBodiless = status === 204 || status === 304;
  outgoing.writeHead(status, [...headers, ...(isBodiless ? [] : [['content-length', String(body.length)]])].flat());
  if (wire === undefined) outgoing.end(isBodiless ? undefined : body);
  else await sendOver(wire, { body, outgoing, clock });
}

interface Sending {
  readonly body: Uint8Array;
  readonly outgoing: ServerResponse;
  readonly clock: Clock;
}

async function sendOver(wire: Wire, { body, outgoing, clock }: Sending): Promise<void> {
  switch (wire.kind) {
    case 'reset':
      await written(outgoing, body.subarray(0, wire.afterBytes));
      reset(outgoing);
      return;
    case 'truncate':
      await written(outgoing, body.subarray(0, wire.keepBytes));
      outgoing.socket?.end();
      return;
    case 'drip':
      for (let at = 0; at < body.length && !outgoing.destroyed; at += wire.bytes) {
        await written(outgoing, body.subarray(at, at + wire.bytes));
        await new Promise<void>((resolve) => clock.schedule(wire.everyMs, resolve, { background: true }));
      }
      outgoing.end();
  }
}

async function written(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => outgoing.write(bytes, () => resolve()));
}

/** RST where the system has it; a TLS connection is only cut. */
function reset({ socket }: ServerResponse): void {
  if (socket === null || socket instanceof TLSSocket) socket?.destroy();
  else socket.resetAndDestroy();
}
