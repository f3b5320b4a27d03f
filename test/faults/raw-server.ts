import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on loopback with one fixed response. */
export interface RawServer {
  readonly origin: string;
  /** The heads of the requests, as received. */
  readonly requests: readonly string[];
}

/** Answers every request with this status line and these headers, byte for byte, without a body. Closed when the test ends. */
export async function createRawServer(head: string): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // a client that disconnects
    socket.on('data', (bytes) => {
      requests.push(bytes.toString('latin1'));
      socket.write(`${head}content-length: 0\r\n\r\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
