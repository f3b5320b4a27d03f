import type { Clock } from '@bearings/client';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Answer, ConnectionFault } from './answer.ts';
import { createCertificate } from './certificate.ts';

/** Options of `listen()`. */
export interface ListenOptions {
  /** Uses HTTPS with a new self-signed certificate. Default: false. */
  readonly tls?: boolean;
}

interface LoopbackOptions extends ListenOptions {
  readonly respond: (request: Request) => Promise<Answer>;
  readonly clock: Clock;
}

/** A server on loopback that can close and listen again on the same port. */
export interface Loopback {
  readonly origin: string;
  readonly certificate: string | undefined;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function listenOnLoopback({ respond, clock, tls = false }: LoopbackOptions): Promise<Loopback> {
  let origin = '';
  const listener: RequestListener = (incoming, outgoing) => void exchange(incoming, outgoing);
  const exchange = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    try {
      await send(await respond(await toRequest(incoming, origin)), outgoing, clock);
    } catch (cause) {
      outgoing.destroy(cause instanceof Error ? cause : undefined); // the client sees a broken connection
    }
  };
  const certificate = tls ? await createCertificate() : undefined;
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

async function toRequest(incoming: IncomingMessage, origin: string): Promise<Request> {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const chunks: Uint8Array[] = await incoming.toArray();
  const body = chunks.length === 0 ? null : Buffer.concat(chunks);
  return new Request(new URL(url, origin), { method, headers, body });
}

async function send(
  { status, headers, body, lost, connectionFault }: Answer,
  outgoing: ServerResponse,
  clock: Clock,
): Promise<void> {
  if (lost !== undefined || (connectionFault?.kind === 'reset' && connectionFault.afterBytes < 0))
    return reset(outgoing);
  const isBodiless = status === 204 || status === 304;
  outgoing.writeHead(status, [...headers, ...(isBodiless ? [] : [['content-length', String(body.length)]])].flat());
  if (connectionFault === undefined) outgoing.end(isBodiless ? undefined : body);
  else await sendWithFault(connectionFault, { body, outgoing, clock });
}

interface SendContext {
  readonly body: Uint8Array;
  readonly outgoing: ServerResponse;
  readonly clock: Clock;
}

async function sendWithFault(fault: ConnectionFault, { body, outgoing, clock }: SendContext): Promise<void> {
  switch (fault.kind) {
    case 'reset':
      await write(outgoing, body.subarray(0, fault.afterBytes));
      reset(outgoing);
      return;
    case 'truncate':
      await write(outgoing, body.subarray(0, fault.keepBytes));
      outgoing.socket?.end();
      return;
    case 'drip':
      for (let at = 0; at < body.length && !outgoing.destroyed; at += fault.bytes) {
        await write(outgoing, body.subarray(at, at + fault.bytes));
        await new Promise<void>((resolve) => clock.schedule(fault.everyMs, resolve, { background: true }));
      }
      outgoing.end();
  }
}

async function write(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => outgoing.write(bytes, () => resolve()));
}

/** Sends RST. A TLS connection can only be destroyed. */
function reset({ socket }: ServerResponse): void {
  if (socket === null || socket instanceof TLSSocket) socket?.destroy();
  else socket.resetAndDestroy();
}
