import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@bearings/client';
import { refuse } from './guard.ts';
import { createIdleTimer } from './idle-timer.ts';
import type { PageAssets } from './page-assets.ts';
import { pageHtml, plainHtml } from './page-html.ts';
import { RequestError } from './read-json.ts';
import { send, sendJson } from './respond.ts';
import { createSession } from './session.ts';

/** Answers one request of the page. */
export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

/** What a server is made of. */
export interface ServerOptions {
  /** By method and path, such as `POST /api/check`. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly assets: PageAssets;
  readonly port: number;
  readonly idleMs: number;
  readonly clock: Clock;
  /** Called when the server ends because it was not used. */
  readonly onIdle: () => void;
}

/** A server on this machine only. */
export interface StudioServer {
  readonly origin: string;
  /** With the token: it works once. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts the server on 127.0.0.1. Ends connections when it is closed, so that its port is free at once. */
export async function startServer(options: ServerOptions): Promise<StudioServer> {
  const session = createSession();
  const timer = createIdleTimer(options.idleMs, options.onIdle, options.clock);
  const server = createServer();
  await listen(server, options.port);
  const port = readPort(server);
  server.on('request', (request, response) => {
    void answer(request, response, { ...options, session, port, touch: timer.touch }); // never rejects
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/?token=${session.urlToken}`,
    async close() {
      timer.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function readPort(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The server has no port');
  return address.port;
}

interface AnswerContext extends Pick<ServerOptions, 'routes' | 'assets'> {
  readonly session: ReturnType<typeof createSession>;
  readonly port: number;
  readonly touch: () => void;
}

async function answer(request: IncomingMessage, response: ServerResponse, context: AnswerContext): Promise<void> {
  try {
    await answerAllowed(request, response, context);
  } catch (cause) {
    const status = cause instanceof RequestError ? cause.status : 500;
    if (response.headersSent) response.destroy();
    else sendJson(response, { error: cause instanceof Error ? cause.message : 'failed' }, status);
  }
}

async function answerAllowed(
  request: IncomingMessage,
  response: ServerResponse,
  context: AnswerContext,
): Promise<void> {
  const { session, port, routes, touch } = context;
  const refusal = refuse(request, port);
  if (refusal !== undefined) return send(response, { ...refusal, body: refusal.message });
  const url = URL.parse(request.url ?? '/', `http://127.0.0.1:${port}`);
  if (url === null) return send(response, { status: 400, body: 'The URL is not valid' });
  const token = url.searchParams.get('token');
  if (token !== null && url.pathname === '/' && request.method === 'GET') return openSession(response, token, context);
  if (url.pathname === '/app.css') return send(response, { status: 200, type: 'text/css', body: context.assets.style });
  if (!session.isOpenFor(request.headers.cookie, port)) return sendPlain(response, 401, notOpened);
  touch();
  const key = `${request.method === 'HEAD' ? 'GET' : request.method} ${url.pathname}`;
  if (key === 'GET /') return send(response, { status: 200, type: 'text/html', body: pageHtml });
  if (key === 'GET /app.js') {
    return send(response, { status: 200, type: 'text/javascript', body: context.assets.script });
  }
  const route = routes.get(key);
  return route === undefined ? send(response, { status: 404, body: 'Not found' }) : route(request, response, url);
}

function openSession(response: ServerResponse, token: string, { session, port }: AnswerContext): void {
  const cookie = session.open(token, port);
  if (cookie === undefined) return sendPlain(response, 403, usedUrl);
  return send(response, { status: 303, headers: { location: '/', 'set-cookie': cookie } });
}

const notOpened = 'Open the URL that <code>bearings studio</code> has printed. It works once, in one browser.';
const usedUrl = 'The URL works once. Start <code>bearings studio</code> again for a new one.';

function sendPlain(response: ServerResponse, status: number, text: string): void {
  send(response, { status, type: 'text/html', body: plainHtml('This page is closed', text) });
}
