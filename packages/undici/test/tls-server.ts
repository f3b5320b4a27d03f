import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createCertificate } from '../../testing/src/server/certificate.ts';

type Listening = Pick<Server, 'listen' | 'address' | 'close' | 'on'> & { closeAllConnections?: () => void };

/** Starts a server, which runs until the test ends. Returns its port. */
export async function listen(server: Listening): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** The certificate of all servers here, for 127.0.0.1 and localhost. It is its own authority. */
export const serverCertificate = await createCertificate();

/** What a server saw of a connection. */
export interface Peer {
  /** The common name of the client's certificate; `none` without one. */
  readonly peer: string;
  readonly servername: string;
}

function describePeer(socket: unknown): Peer {
  const { servername } = socket as TLSSocket;
  const { subject } = (socket as TLSSocket).getPeerCertificate();
  return { peer: String(subject?.CN ?? 'none'), servername: String(servername) };
}

/** Starts an https server that answers with what it saw of the connection. */
export const listenTls = (options = {}): Promise<number> =>
  listen(
    createTlsServer({ ...serverCertificate, ...options }, ({ socket }, response) =>
      response.end(JSON.stringify(describePeer(socket))),
    ),
  );

/** Starts a server with HTTP/2 and HTTP/1.1 that answers with the version. */
export const listenHttp2 = (): Promise<number> =>
  listen(
    createSecureServer({ ...serverCertificate, allowHTTP1: true }, (request, response) =>
      response.end(JSON.stringify({ version: request.httpVersion, path: request.url })),
    ) as never,
  );

interface Proxy {
  readonly port: number;
  /** The requests it got, each with its credentials. */
  readonly requests: readonly string[];
  /** The client certificate of each connection. */
  readonly peers: readonly string[];
}

/** Starts a proxy that tunnels what CONNECT asks for, and answers other requests by itself. */
export async function startProxy({ status = '200 OK', tls }: { status?: string; tls?: object } = {}): Promise<Proxy> {
  const requests: string[] = [];
  const peers: string[] = [];
  const answer: RequestListener = ({ method, url, headers }, response) => {
    requests.push(`${method} ${url} ${headers['proxy-authorization']}`);
    response.writeHead(Number.parseInt(status, 10)).end('by the proxy');
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer({ ...serverCertificate, ...tls }, answer);
  server.on('secureConnection', (socket) => peers.push(describePeer(socket).peer));
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    requests.push(`CONNECT ${url} ${headers['proxy-authorization']}`);
    socket.on('error', () => {});
    if (status !== '200 OK') return socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
    const [host = '', port] = url.split(':');
    const onward = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    return socket.pipe(onward).pipe(socket);
  });
  return { port: await listen(server), requests, peers };
}
