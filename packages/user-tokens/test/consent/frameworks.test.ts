import { once } from 'node:events';
import { createServer, request as sendRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeListener } from '@bearings/user-tokens/node';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { consentUpToCallback, startFlow, testApp } from './test-app.ts';
import type { TestApp } from './test-app.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Server = (path: string, init?: { readonly method?: string; readonly cookie?: string }) => Promise<Answer>;

/** What differs by itself: the transport's headers, and the random value of the cookie. */
const ownHeaders = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']);

const toAnswer = (status: number, headers: Headers, body: Buffer): Answer => ({
  status,
  headers: Object.fromEntries(
    [...headers]
      .filter(([name]) => !ownHeaders.has(name))
      .map(([name, value]) => [name, value.replace(/=[\w-]{43};/, '=random;')]),
  ),
  body: body.toString('base64'),
});

const read = async (response: Response): Promise<Answer> =>
  toAnswer(response.status, response.headers, Buffer.from(await response.arrayBuffer()));

const bareHandler =
  (app: TestApp): Server =>
  async (path, { method = 'GET', cookie = '' } = {}) =>
    read(await app.handler(new Request(`https://app.test${path}`, { method, headers: { cookie } })));

const hono = (app: TestApp): Server => {
  const server = new Hono();
  server.all('*', (context) => app.handler(context.req.raw, context));
  return async (path, { method = 'GET', cookie = '' } = {}) =>
    read(await server.request(`https://app.test${path}`, { method, headers: { cookie } }));
};

async function nodeHttp(app: TestApp): Promise<Server> {
  const server = createServer(nodeListener(app.handler));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return async (path, { method = 'GET', cookie = '' } = {}) => {
    const request = sendRequest({ port, host: '127.0.0.1', path, method, agent: false, headers: { cookie } }).end();
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return toAnswer(response.statusCode, toHeaders(response.headers), Buffer.concat(chunks));
  };
}

const toHeaders = (headers: IncomingHttpHeaders): Headers =>
  new Headers(
    Object.entries(headers).map(([name, value]): [string, string] => [name, [value ?? ''].flat().join(', ')]),
  );

test('a bare Request, Hono and node:http are answered with the same bytes', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const cookie = 'session=alice';
  const { pathname } = new URL(flow.url);
  const requests: [path: string, init?: Parameters<Server>[1]][] = [
    [pathname, { cookie }],
    [pathname, { cookie: 'session=bob' }],
    [pathname],
    [pathname, { method: 'POST', cookie }],
    ['/oauth/connect/unknown', { cookie }],
    ['/oauth/callback/mail?state=s&code=%3Cscript%3E', { cookie }],
    ['/oauth/callback/mail', { cookie }],
    ['/favicon.ico'],
    ['//oauth/connect/x'],
  ];
  const servers = [bareHandler(app), hono(app), await nodeHttp(app)];

  for (const [path, init] of requests) {
    const [bare, ...others] = await Promise.all(servers.map((server) => server(path, init)));
    expect(others).toEqual([bare, bare]);
  }
});

test('a flow can be completed through each of them', async () => {
  for (const serve of [bareHandler, hono, nodeHttp]) {
    const app = await testApp();
    const browser = app.signIn('alice');
    const callback = new URL(await consentUpToCallback(browser, (await startFlow(app, { returnTo: '/done' })).url));
    const server = await serve(app);

    const cookie = `session=alice; ${browser.cookies(callback.href)}`;
    const answer = await server(callback.pathname + callback.search, { cookie });

    expect(answer).toMatchObject({ status: 303, headers: { location: '/done' }, body: '' });
    expect(answer.headers['set-cookie']).toMatch(/^__Host-bearings-[\w-]+=; Path=\/; Max-Age=0; /);
  }
});

test("identify receives the framework's own request", async () => {
  const received: unknown[] = [];
  const app = await testApp({
    identify: (_, frameworkContext) => {
      received.push(frameworkContext);
      return 'alice';
    },
  });
  const { pathname } = new URL((await startFlow(app)).url);

  for (const serve of [bareHandler, hono, nodeHttp]) await (await serve(app))(pathname);

  expect(received).toEqual([
    undefined,
    expect.objectContaining({ req: expect.anything() }),
    expect.objectContaining({ url: pathname }),
  ]);
});

test('a request that no Request can be made of is answered with 400', async () => {
  const app = await testApp();
  const server = await nodeHttp(app);

  const answers = [await server('/oauth/connect/a', { method: 'TRACE' }), await server('*', { method: 'OPTIONS' })];

  expect(answers.map(({ status }) => status)).toEqual([400, 400]);
});

test('a router that removes its own path from the URL does not change the answer', async () => {
  const app = await testApp();
  const { pathname } = new URL((await startFlow(app)).url);
  const listener = nodeListener(app.handler);
  const server = createServer((request, response) => {
    const mounted = Object.assign(request, { originalUrl: request.url, url: request.url?.replace('/oauth', '') });
    listener(mounted, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;

  const response = await fetch(`http://127.0.0.1:${port}${pathname}`, {
    headers: { cookie: 'session=alice' },
    redirect: 'manual',
  });

  expect(response.status).toBe(302);
});
