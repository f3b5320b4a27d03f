import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createClient } from '@bearings/client';
import { expect, onTestFinished, test } from 'vitest';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import { Token } from '../../src/token/token.ts';
import { TokenPool } from '../../src/token/token-pool.ts';
import { readTokenConfig } from '../../src/token/token-config.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';

/** What the API requires, as Entra's documentation shows it. */
const required = { access_token: { nbf: { essential: true, value: '1604106651' } } };
const encoded = Buffer.from(JSON.stringify(required)).toString('base64');
const capable = { access_token: { xms_cc: { values: ['cp1'] } } };

interface Entra {
  readonly config: TokenConfig;
  readonly api: string;
  /** The claims of the token requests, in order. */
  readonly asked: unknown[];
  /** How often the API was called. */
  calls: number;
  /** What the API answers to a token that lacks the claims. */
  challenge: string;
  /** True when the API requires the claims, whatever the token has. */
  isNeverContent: boolean;
  /** True when the token endpoint refuses every request for such claims. */
  refuses: boolean;
}

/** A token endpoint and an API that answer as Entra and Graph do, on one socket. */
async function startEntra(): Promise<Entra> {
  const server = createServer((request, response) => void answer(request, response, entra));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const authorizationUri = 'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"';
  const entra: Entra = {
    config: {
      tokenEndpoint: `${origin}/tenant/oauth2/v2.0/token`,
      clientId: 'orders',
      clientSecret: 's',
      clientCapabilities: ['cp1'],
    },
    api: origin,
    asked: [],
    calls: 0,
    challenge: `Bearer realm="", ${authorizationUri}, error="insufficient_claims", claims="${encoded}"`,
    isNeverContent: false,
    refuses: false,
  };
  return entra;
}

async function answer(request: IncomingMessage, response: ServerResponse, entra: Entra): Promise<void> {
  const json = { 'content-type': 'application/json' };
  if (request.method === 'POST') {
    const claims: unknown = JSON.parse(new URLSearchParams(await text(request)).get('claims') ?? 'null');
    entra.asked.push(claims);
    const hasNbf = JSON.stringify(claims).includes('nbf');
    if (entra.refuses && hasNbf) response.writeHead(400, json).end('{"error":"invalid_request"}');
    const token = `${hasNbf ? 'with' : 'without'}-${entra.asked.length}`;
    if (!response.headersSent)
      response.writeHead(200, json).end(`{"access_token":"${token}","token_type":"Bearer","expires_in":3600}`);
    return;
  }
  entra.calls += 1;
  const isEnough = request.headers.authorization?.startsWith('Bearer with-') === true && !entra.isNeverContent;
  response.writeHead(isEnough ? 200 : 401, isEnough ? json : { 'www-authenticate': entra.challenge }).end('{}');
}

test('an API that requires claims gets a token with them, in the same call, and the capabilities are declared in each request', async () => {
  const entra = await startEntra();
  await using token = (await Token.create(entra.config)).unwrap();
  const api = createClient({ baseUrl: entra.api }, withBearerAuth(token));

  const response = await api.fetch('/me');
  await token.invalidate();

  expect([response.status, entra.calls]).toEqual([200, 2]);
  const both = { access_token: { ...required.access_token, ...capable.access_token } };
  expect(entra.asked).toEqual([capable, both, capable]);
});

test('200 calls at once cause one token request with the claims, and all succeed', async () => {
  const entra = await startEntra();
  await using token = (await Token.create(entra.config)).unwrap();
  const api = createClient({ baseUrl: entra.api }, withBearerAuth(token));

  const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await api.fetch('/me')).status));

  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(entra.asked).toHaveLength(2);
});

test('an API that requires the claims of a token that has them gets one replay, and the caller the 401', async () => {
  const entra = await startEntra();
  entra.isNeverContent = true;
  await using token = (await Token.create(entra.config)).unwrap();
  const api = createClient({ baseUrl: entra.api, retry: 0 }, withBearerAuth(token));

  const response = await api.fetch('/me');

  expect([response.status, entra.calls]).toEqual([401, 2]);
});

test('a late challenge to an older token asks for nothing more', async () => {
  const entra = await startEntra();
  await using token = (await Token.create(entra.config)).unwrap();
  const older = (await token.get()).unwrap();
  await token.invalidate(older, { claims: encoded });

  const current = (await token.invalidate(older, { claims: encoded })).unwrap();
  await token.invalidate(current);

  expect(entra.asked.map((claims) => JSON.stringify(claims).includes('nbf'))).toEqual([false, true, false]);
});

test('an exchange on behalf of a caller asks for the claims too', async () => {
  const entra = await startEntra();
  await using pool = TokenPool.create(entra.config).unwrap();
  const api = createClient(
    { baseUrl: entra.api },
    withBearerAuth(() => pool.onBehalfOf('token-of-alice')),
  );

  const response = await api.fetch('/me');

  expect([response.status, entra.asked.length]).toEqual([200, 2]);
});

test('when the server refuses the claims, the token stays in use, and one without them follows', async () => {
  const entra = await startEntra();
  entra.refuses = true;
  await using token = (await Token.create(entra.config)).unwrap();
  const api = createClient({ baseUrl: entra.api, retry: 0 }, withBearerAuth(token));
  const read = async (): Promise<string> => (await token.get()).unwrap().secret.expose();

  const refused = await api.fetch('/me');
  const meanwhile = await read();

  await expect.poll(read).toBe('without-3');
  expect([refused.status, ['without-1', 'without-3'].includes(meanwhile)]).toEqual([401, true]);
  expect(entra.asked).toEqual([capable, expect.not.objectContaining(capable), capable]);
});

test.each([
  ['no base64', 'claims="{not base64}"'],
  ['base64 of no object', `claims="${btoa('[1]')}"`],
  ['far too long', `claims="${btoa(`{"a":"${'x'.repeat(9_000)}"}`)}"`],
  ['empty', 'claims=""'],
])('claims that are %s change nothing: the caller gets the 401', async (_, claims) => {
  const entra = await startEntra();
  entra.challenge = `Bearer error="insufficient_claims", ${claims}`;
  await using token = (await Token.create(entra.config)).unwrap();
  const api = createClient({ baseUrl: entra.api, retry: 0 }, withBearerAuth(token));

  const response = await api.fetch('/me');

  expect([response.status, entra.calls, entra.asked.length]).toEqual([401, 1, 1]);
});

test('without clientCapabilities nothing is declared, and a challenge is passed on', async () => {
  const entra = await startEntra();
  await using token = (await Token.create({ ...entra.config, clientCapabilities: undefined })).unwrap();
  const api = createClient({ baseUrl: entra.api, retry: 0 }, withBearerAuth(token));

  const response = await api.fetch('/me');

  expect([response.status, entra.calls, entra.asked]).toEqual([401, 1, [null]]);
});

test.each<[string, Partial<TokenConfig>]>([
  ['clientCapabilities', { clientCapabilities: [] }],
  ['clientCapabilities', { clientCapabilities: ['cp 1'] }],
  ['clientCapabilities', { clientCapabilities: 'cp1' as unknown as string[] }],
  ['extraParams', { clientCapabilities: ['cp1'], extraParams: { claims: '{}' } }],
])('a wrong %s is refused by name', (field, changes) => {
  const read = readTokenConfig({ tokenEndpoint: 'https://id.example/t', clientId: 'c', clientSecret: 's', ...changes });

  expect(read.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field });
});
