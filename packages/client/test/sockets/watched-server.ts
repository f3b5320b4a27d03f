import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Arrival {
  readonly origin: string;
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** On which of the server's connections, from 1. */
  readonly connection: number;
}

/** A server on this machine that tells what becomes of its sockets. */
export interface WatchedServer {
  readonly origin: string;
  /** The requests that have arrived whole, in order. */
  readonly seen: readonly Arrival[];
  /** How many connections were opened. */
  readonly connections: number;
  /** How many are open. */
  readonly openConnections: number;
  /** Answers when so many requests have arrived whole. */
  arrived(count: number): Promise<void>;
  /** Answers when a connection, by its number from 1, has closed. */
  closed(connection: number): Promise<void>;
}

type Answerer = (arrival: Arrival, response: ServerResponse) => unknown;

/** Starts a server that reads each request to its end, writes it down, and then answers. */
export async function watchedServer(answer: Answerer): Promise<WatchedServer> {
  const seen: Arrival[] = [];
  const numbers = new Map<Socket, number>();
  const [arrivals, closings] = [milestones(), milestones()];
  let openConnections = 0;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url: path = '', headers, socket } = request;
    const body = Buffer.concat(await request.toArray());
    const connection = numbers.get(socket) ?? 0;
    const arrival = { origin: serverOrigin(server), method, path, headers, body, connection };
    seen.push(arrival);
    arrivals.reach(seen.length);
    await answer(arrival, response);
  };
  const server = createServer((request, response) => void take(request, response));
  server.on('connection', (socket: Socket) => {
    const connection = numbers.size + 1;
    numbers.set(socket, connection);
    openConnections += 1;
    socket.on('error', () => {}); // a connection that is broken off is what these tests are about
    socket.on('close', () => {
      openConnections -= 1;
      closings.reach(connection);
    });
  });
  await listening(server);
  return {
    origin: serverOrigin(server),
    seen,
    get connections() {
      return numbers.size;
    },
    get openConnections() {
      return openConnections;
    },
    arrived: arrivals.reached,
    closed: closings.reached,
  };
}

/** Puts a server on a port of the system's choice. It goes when the test ends. */
async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
}

export const serverOrigin = (server: { address(): unknown }): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Moments with a number, each of which can be waited for, before and after it came. */
function milestones(): { reach: (number: number) => void; reached: (number: number) => Promise<void> } {
  const moments = new Map<number, PromiseWithResolvers<void>>();
  const at = (number: number): PromiseWithResolvers<void> => {
    const moment = moments.get(number) ?? Promise.withResolvers<void>();
    moments.set(number, moment);
    return moment;
  };
  return { reach: (number) => at(number).resolve(), reached: (number) => at(number).promise };
}
