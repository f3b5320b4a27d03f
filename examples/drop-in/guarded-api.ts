import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeIssuer } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';

/** What an API does with a request that it lets in. */
export type Answerer = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/** What becomes of the next request to a path. */
interface Watch {
  readonly arrived: Promise<void>;
  /** The client went before it had the whole answer. */
  readonly brokenOff: Promise<void>;
}

/** An API on real sockets that lets in who has a good token of its issuer. */
export interface GuardedApi {
  readonly origin: string;
  /** The same API without its guard: what the global `fetch` is compared at. */
  readonly openOrigin: string;
  readonly issuer: FakeIssuer;
  /** What the guard saw since it was last asked, such as `POST /v1/orders → 201`. */
  seen(): readonly string[];
  watch(path: string): Watch;
  close(): Promise<void>;
}

/** Starts an API and the issuer whose tokens it takes, on ports of the system's choice. */
export async function guardedApi(answer: Answerer): Promise<GuardedApi> {
  const issuer = await fakeIssuer({ tokenFormat: 'opaque' }).listen();
  const log: { readonly request: string; readonly outgoing: ServerResponse }[] = [];
  const watched = new Map<string, Watched>();
  const guarded = await listen(async (incoming, outgoing) => {
    log.push({ request: `${incoming.method} ${incoming.url}`, outgoing });
    await (isGood(incoming, issuer) ? answer(incoming, outgoing) : turnAway(incoming, outgoing));
  }, watched);
  const open = await listen(answer, watched);
  return {
    origin: originOf(guarded),
    openOrigin: originOf(open),
    issuer,
    seen: () => log.splice(0).map(({ request, outgoing }) => `${request} → ${outgoing.statusCode}`),
    watch(path) {
      const watch = { arrived: Promise.withResolvers<void>(), brokenOff: Promise.withResolvers<void>() };
      watched.set(path, watch);
      return { arrived: watch.arrived.promise, brokenOff: watch.brokenOff.promise };
    },
    async close() {
      await Promise.all([stop(guarded), stop(open), issuer.close()]);
    },
  };
}

/** Everything that was sent as the body. */
export async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = await incoming.toArray();
  return Buffer.concat(pieces).toString();
}

/** What an act fails with. */
export async function failureOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
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
  readonly brokenOff: PromiseWithResolvers<void>;
}

async function listen(answer: Answerer, watched: Map<string, Watched>): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const watch = watched.get(incoming.url ?? '');
    watched.delete(incoming.url ?? '');
    watch?.arrived.resolve();
    outgoing.on('close', () => outgoing.writableFinished || watch?.brokenOff.resolve());
    void answer(incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function isGood({ headers: { authorization = '' } }: IncomingMessage, issuer: FakeIssuer): boolean {
  const [, token] = /^Bearer (.+)$/.exec(authorization) ?? [];
  return token !== undefined && typeof issuer.introspect(token) !== 'string';
}

async function turnAway(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  await bodyOf(incoming);
  outgoing.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  sendJson(outgoing, 401, { message: 'The token is not good' });
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
