import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeIssuer } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';

/** Answers a request with an accepted token. */
export type Responder = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/** The progress of the next request to a path. */
interface Watch {
  readonly arrived: Promise<void>;
  /** The client closed the connection before the end of the response. */
  readonly disconnected: Promise<void>;
}

/** An API on real sockets that requires a valid token of its issuer. */
export interface GuardedApi {
  readonly origin: string;
  /** The same API without the token check, to compare with the global `fetch`. */
  readonly openOrigin: string;
  readonly issuer: FakeIssuer;
  /** The requests since the last call of this function, such as `POST /v1/orders → 201`. */
  seen(): readonly string[];
  watch(path: string): Watch;
  close(): Promise<void>;
}

/** Starts an API and its issuer on free ports. */
export async function guardedApi(answer: Responder): Promise<GuardedApi> {
  const issuer = await fakeIssuer({ tokenFormat: 'opaque' }).listen();
  const log: { readonly request: string; readonly outgoing: ServerResponse }[] = [];
  const watched = new Map<string, Watched>();
  const guarded = await listen(async (incoming, outgoing) => {
    log.push({ request: `${incoming.method} ${incoming.url}`, outgoing });
    await (isAuthorized(incoming, issuer) ? answer(incoming, outgoing) : reject(incoming, outgoing));
  }, watched);
  const open = await listen(answer, watched);
  return {
    origin: getOrigin(guarded),
    openOrigin: getOrigin(open),
    issuer,
    seen: () => log.splice(0).map(({ request, outgoing }) => `${request} → ${outgoing.statusCode}`),
    watch(path) {
      const watch = { arrived: Promise.withResolvers<void>(), disconnected: Promise.withResolvers<void>() };
      watched.set(path, watch);
      return { arrived: watch.arrived.promise, disconnected: watch.disconnected.promise };
    },
    async close() {
      await Promise.all([stop(guarded), stop(open), issuer.close()]);
    },
  };
}

/** Reads the request body as text. */
export async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = await incoming.toArray();
  return Buffer.concat(chunks).toString();
}

/** Returns the error of a function. */
export async function catchFailure(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (failure) {
    return failure;
  }
  throw new TypeError('Nothing failed');
}

/** Answers with JSON. */
export function sendJson(outgoing: ServerResponse, status: number, value: unknown): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

interface Watched {
  readonly arrived: PromiseWithResolvers<void>;
  readonly disconnected: PromiseWithResolvers<void>;
}

async function listen(answer: Responder, watched: Map<string, Watched>): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const watch = watched.get(incoming.url ?? '');
    watched.delete(incoming.url ?? '');
    watch?.arrived.resolve();
    outgoing.on('close', () => outgoing.writableFinished || watch?.disconnected.resolve());
    void answer(incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const getOrigin = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function isAuthorized({ headers: { authorization = '' } }: IncomingMessage, issuer: FakeIssuer): boolean {
  const [, token] = /^Bearer (.+)$/.exec(authorization) ?? [];
  return token !== undefined && typeof issuer.introspect(token) !== 'string';
}

async function reject(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  await readBody(incoming);
  outgoing.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  sendJson(outgoing, 401, { message: 'The token is not valid' });
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** An origin that refuses connections. */
export async function getClosedOrigin(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
