import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { serverOrigin } from './watched-server.ts';

/** A request to a server that answers with bytes. */
export interface Asked {
  /** Which request it is, from 1, of all connections. */
  readonly request: number;
  /** On which connection, from 1. */
  readonly connection: number;
  readonly socket: Socket;
}

/** A server on this machine that sends what no well-behaved one would. */
export interface ByteServer {
  readonly origin: string;
  /** On which connection each request came, from 1. */
  readonly asked: readonly number[];
  readonly connections: number;
}

/**
 * Starts a server that calls a function with the socket of each request, when its headers have arrived.
 *
 * Its connections are half open: when the client ends its half, the server's stays as it is.
 */
export async function byteServer(act: (asked: Asked) => unknown): Promise<ByteServer> {
  const asked: number[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    const connection = sockets.length;
    let text = '';
    socket.on('error', () => {}); // a connection that is broken off is what these tests are about
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      const blocks = text.split('\r\n\r\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        if (!/^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(block)) continue; // a part of a body
        asked.push(connection);
        act({ request: asked.length, connection, socket });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return {
    origin: serverOrigin(server),
    asked,
    get connections() {
      return sockets.length;
    },
  };
}

/** An answer's head, as bytes. */
export function head(status: string, ...headers: readonly string[]): string {
  return [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n');
}

/** An answer that is whole. */
export const done: string = `${head('200 OK', 'content-type: application/json', 'content-length: 6')}"done"`;
