import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A port that leads to a database, and can be closed with all its connections. */
export interface BreakableConnection {
  readonly url: string;
  readonly close: () => void;
  readonly open: () => Promise<void>;
}

export async function breakableConnection(database: string): Promise<BreakableConnection> {
  const target = new URL(database);
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | undefined;
  const forward = (socket: Socket): void => {
    const other = connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [[socket, other] as const, [other, socket] as const]) {
      sockets.add(from);
      from.on('error', () => {}).on('close', () => sockets.delete(from));
      from.pipe(to);
    }
  };
  const open = async (): Promise<void> => {
    const listening = createServer(forward);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
    port = (listening.address() as AddressInfo).port;
  };
  const close = (): void => {
    server?.close();
    for (const socket of sockets) socket.destroy();
  };
  await open();
  const url = new URL(database);
  url.host = `127.0.0.1:${port}`;
  return { url: url.href, close, open };
}
