import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeApi, fakeBrowser, fakeIssuer } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { UserTokensOptions } from '@bearings/user-tokens';
import { expect, onTestFinished, test } from 'vitest';
import { createSearchMail } from '../src/agent-tool.ts';
import { createApp as createExpress } from '../src/express.ts';
import { createApp as createFastify } from '../src/fastify.ts';
import { createApp as createHono } from '../src/hono.ts';

const credentials = { clientId: 'app', clientSecret: 'a client secret' };
const keys = { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } };

const createOptions = (issuer: FakeIssuer, origin: string): Omit<UserTokensOptions, 'identify'> => ({
  store: memoryStore(),
  keys,
  connections: { mail: { issuerUrl: issuer.issuerUrl, ...credentials, scopes: ['openid', 'mail.read'] } },
  redirectUri: `${origin}/oauth`,
  fetch: issuer.fetch,
});

async function listen(): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

type CreateApp = (options: Omit<UserTokensOptions, 'identify'>) => Promise<RequestListener>;

const frameworks: readonly (readonly [string, CreateApp])[] = [
  ['Express', createExpress],
  [
    'Fastify',
    async (options) => {
      const app = await createFastify(options);
      await app.ready();
      return (request, response) => app.routing(request, response);
    },
  ],
];

test.each(frameworks)('a user of %s consents and comes back; another user is refused', async (_, createApp) => {
  const issuer = fakeIssuer({ clients: [credentials] });
  const { server, origin } = await listen();
  server.on('request', await createApp(createOptions(issuer, origin)));

  await expectConsent(issuer, origin, fetch);
});

test('a user of Hono consents and comes back; another user is refused', async () => {
  const issuer = fakeIssuer({ clients: [credentials] });
  const app = await createHono(createOptions(issuer, 'https://app.test'));

  await expectConsent(issuer, 'https://app.test', async (input, init) => app.fetch(new Request(input, init)));
});

async function expectConsent(issuer: FakeIssuer, origin: string, send: typeof fetch): Promise<void> {
  const browserFor = (user: string) =>
    fakeBrowser(async (input, init) => {
      const request = new Request(input, init);
      if (new URL(request.url).origin !== origin) return issuer.fetch(request);
      const cookie = [request.headers.get('cookie'), `session=${user}`].filter(Boolean).join('; ');
      return send(request.url, { method: request.method, headers: { cookie }, redirect: 'manual' });
    });
  const alice = browserFor('alice');

  const page = await alice.open(`${origin}/mail`);
  const [, link = ''] = page.visited;
  const refused = await browserFor('bob').open(link);
  const missing = await send(`${origin}/oauth/nothing`, {});
  const posted = await send(link, { method: 'POST' });

  expect([page.url, page.text]).toEqual([`${origin}/mail`, 'connected']);
  expect([refused.status, missing.status, posted.status]).toEqual([403, 404, 405]);
  expect(refused.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
}

test("a tool of an agent answers with a link, and with the user's mail after consent", async () => {
  const issuer = fakeIssuer({ clients: [credentials] });
  const api = fakeApi(issuer, { 'GET /messages': { scopes: ['mail.read'], answer: () => [{ subject: 'Invoice' }] } });
  await api.listen();
  onTestFinished(() => api.close());
  const identify = () => 'alice';
  const options = createOptions(issuer, 'https://app.test');
  await using users = (await UserTokens.create({ ...options, identify })).unwrap();
  const searchMail = createSearchMail(users, api.origin);
  const browser = fakeBrowser(async (input, init) => {
    const request = new Request(input, init);
    return request.url.startsWith('https://app.test/oauth') ? users.handler(request) : issuer.fetch(request);
  });

  const pending = await users.run({ user: 'alice' }, () => searchMail({ query: 'invoice' }));
  if ('pending' in pending) await browser.open(pending.auth_url, { stopBefore: 'https://app.test/chat' });
  const found = await users.run({ user: 'alice' }, () => searchMail({ query: 'invoice' }));

  expect(pending).toMatchObject({ pending: true, message: expect.stringContaining('open the link') });
  expect(found).toEqual([{ subject: 'Invoice' }]);
});
