import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { guardedApi } from './guarded-api.ts';
import type { GuardedApi } from './guarded-api.ts';

/** Where the global `fetch` and `client.fetch` are compared. */
export interface Ground {
  /** Shows what it got, answers as told, and lets everybody in: the global `fetch` has no token to show. */
  readonly origin: string;
  readonly client: Client;
  readonly token: Token;
  readonly api: GuardedApi;
  readonly close: () => Promise<void>;
}

/** A server that does as the URL says, and a client with a token that asks once. */
export async function startGround(): Promise<Ground> {
  const api = await guardedApi(answerAsTold);
  const token = (await Token.create(api.issuer.credentials)).unwrap();
  const client = createClient({ baseUrl: api.openOrigin, retry: 0 }, withBearerAuth(token));
  const close = async (): Promise<void> => {
    await token.close();
    await api.close();
  };
  return { origin: api.openOrigin, client, token, api, close };
}

/** Everything a response says of itself, and its text. */
export async function shown(response: Response): Promise<unknown> {
  const { url, redirected, type, ok, status, statusText, body, headers } = response;
  const head = { url, redirected, type, ok, status, statusText, hasBody: body !== null, isUsed: response.bodyUsed };
  const cookies = headers.getSetCookie();
  return [head, [...headers].filter(([name]) => name !== 'date'), cookies, await response.text(), response.bodyUsed];
}

async function answerAsTold(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { pathname, searchParams: asked } = new URL(incoming.url ?? '/', 'http://ground.test');
  const body = Buffer.concat(await incoming.toArray());
  const status = Number(asked.get('status') ?? 200);
  switch (pathname) {
    case '/text':
      outgoing.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('héllo');
      return;
    case '/status':
      outgoing.writeHead(status, 'As Told').end(bodiless.has(status) ? undefined : 'told');
      return;
    case '/redirect':
      outgoing.writeHead(status, { location: latin1(asked.get('to') ?? '') }).end('moved');
      return;
    case '/hops':
      redirectOn(Number(asked.get('left')), outgoing);
      return;
    case '/header':
      outgoing.end(incoming.headers[asked.get('name') ?? '']);
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

const bodiless = new Set([204, 205, 304]);

/** Node writes headers as Latin-1; servers in the field write UTF-8. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

function redirectOn(left: number, outgoing: ServerResponse): void {
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

/** What a server says that it got. */
export interface Echo {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What was sent, without what differs by design (who calls, and with which token) or by chance (a boundary). */
function echo({ method, url, headers }: IncomingMessage, body: Buffer): unknown {
  const { host: _host, authorization: _token, 'user-agent': _agent, ...others } = headers;
  const boundary = /boundary=(\S+)/.exec(others['content-type'] ?? '')?.[1];
  const withoutChance = (text: string): string => (boundary === undefined ? text : text.replaceAll(boundary, 'B'));
  const type = others['content-type'] === undefined ? {} : { 'content-type': withoutChance(others['content-type']) };
  return { method, url, headers: { ...others, ...type }, body: withoutChance(body.toString('latin1')) };
}
