import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createClient, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { guardedApi } from './guarded-api.ts';
import type { GuardedApi } from './guarded-api.ts';

/** The servers and the client for a comparison of the global `fetch` with `client.fetch`. */
export interface ComparisonSetup {
  /** Echoes requests or answers as the URL says. It needs no token, because the global `fetch` has none. */
  readonly origin: string;
  readonly client: Client;
  readonly token: Token;
  readonly api: GuardedApi;
  readonly close: () => Promise<void>;
}

/** Starts a server that answers as the URL says, and a client with a token and without retries. */
export async function startComparison(): Promise<ComparisonSetup> {
  const api = await guardedApi(answerByUrl);
  const token = await orThrow(Token.create(api.issuer.credentials));
  const client = createClient({ baseUrl: api.openOrigin, retry: 0 }, withBearerAuth(token));
  const close = async (): Promise<void> => {
    await token.close();
    await api.close();
  };
  return { origin: api.openOrigin, client, token, api, close };
}

/** All facts of a response, and its text. */
export async function describeResponse(response: Response): Promise<unknown> {
  const { url, redirected, type, ok, status, statusText, body, headers } = response;
  const head = { url, redirected, type, ok, status, statusText, hasBody: body !== null, isUsed: response.bodyUsed };
  const cookies = headers.getSetCookie();
  return [head, [...headers].filter(([name]) => name !== 'date'), cookies, await response.text(), response.bodyUsed];
}

async function answerByUrl(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { pathname, searchParams: params } = new URL(incoming.url ?? '/', 'http://ground.test');
  const body = Buffer.concat(await incoming.toArray());
  const status = Number(params.get('status') ?? 200);
  switch (pathname) {
    case '/text':
      outgoing.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('héllo');
      return;
    case '/status':
      outgoing.writeHead(status, 'As Requested').end(bodilessStatuses.has(status) ? undefined : 'text');
      return;
    case '/redirect':
      outgoing.writeHead(status, { location: latin1(params.get('to') ?? '') }).end('moved');
      return;
    case '/hops':
      redirectAgain(Number(params.get('left')), outgoing);
      return;
    case '/header':
      outgoing.end(incoming.headers[params.get('name') ?? '']);
      return;
    case '/hang':
      return;
    case '/drip':
      outgoing.writeHead(200).write('first');
      return;
    case '/cut':
      outgoing.writeHead(200, { 'content-length': '100' }).write('first', () => outgoing.destroy());
      return;
    default:
      sendOther(pathname, outgoing, () => echo(incoming, body));
  }
}

const bodilessStatuses = new Set([204, 205, 304]);

/** Node writes headers as Latin-1; servers in the field write UTF-8. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

function redirectAgain(left: number, outgoing: ServerResponse): void {
  if (left === 0) outgoing.end('there');
  else outgoing.writeHead(302, { location: `/hops?left=${left - 1}` }).end();
}

function sendOther(pathname: string, outgoing: ServerResponse, echoed: () => unknown): void {
  const fixed = fixedAnswers[pathname];
  if (fixed !== undefined) outgoing.writeHead(200, fixed.headers).end(fixed.body);
  else outgoing.writeHead(200, 'Fine Indeed', { 'content-type': 'application/json' }).end(JSON.stringify(echoed()));
}

const part = 'content-disposition: form-data; name="a"';
const fixedAnswers: Readonly<Record<string, { headers: string[]; body: string | Uint8Array }>> = {
  '/gzip': { headers: ['content-encoding', 'gzip', 'content-type', 'text/plain'], body: gzipSync('zipped') },
  '/cookies': { headers: ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'x-two', '1', 'x-two', '2'], body: 'cookies' },
  '/json': { headers: ['content-type', 'application/json'], body: '\uFEFF{"a":1}' },
  '/multipart': {
    headers: ['content-type', 'multipart/form-data; boundary=B'],
    body: `--B\r\n${part}\r\n\r\n1\r\n--B--\r\n`,
  },
  '/form': { headers: ['content-type', 'application/x-www-form-urlencoded'], body: 'a=1&b=%C3%A9' },
};

/** The request that the server received. */
export interface Echo {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The request without what differs by design (user agent, token) or at random (a boundary). */
function echo({ method, url, headers }: IncomingMessage, body: Buffer): unknown {
  const { host: _host, authorization: _token, 'user-agent': _agent, ...others } = headers;
  const boundary = /boundary=(\S+)/.exec(others['content-type'] ?? '')?.[1];
  const withoutBoundary = (text: string): string => (boundary === undefined ? text : text.replaceAll(boundary, 'B'));
  const type = others['content-type'] === undefined ? {} : { 'content-type': withoutBoundary(others['content-type']) };
  return { method, url, headers: { ...others, ...type }, body: withoutBoundary(body.toString('latin1')) };
}
