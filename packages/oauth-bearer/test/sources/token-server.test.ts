import '@bearings/testing/vitest';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { fetchToken } from '../../src/token/fetch-token.ts';
import { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';

const issuerUrl = 'https://as.example';

/** An authorization server whose endpoint and methods its operator can change. */
interface MovingServer {
  /** The path of the token endpoint that works. */
  path: string;
  /** What other paths answer. */
  elsewhere: () => Response;
  methods: readonly string[] | null;
  isMetadataDown: boolean;
  readonly tokenRequests: string[];
  readonly bodies: string[];
  discoveries: number;
  readonly config: TokenConfig;
}

function movingServer(clock: VirtualClock, changes: Partial<TokenConfig> = {}): MovingServer {
  const server: MovingServer = {
    path: '/old/token',
    elsewhere: () => new Response(null, { status: 404 }),
    methods: null,
    isMetadataDown: false,
    tokenRequests: [],
    bodies: [],
    discoveries: 0,
    config: { issuerUrl, clientId: 'svc', clientSecret: 'cs_CANARY', fetch, clock, random: () => 0, ...changes },
  };
  async function fetch(input: Parameters<typeof globalThis.fetch>[0], init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (request.method === 'GET') {
      server.discoveries += 1;
      if (server.isMetadataDown) return new Response(null, { status: 418 });
      const { path, methods } = server;
      const metadata = { issuer: issuerUrl, token_endpoint: `${issuerUrl}${path}` };
      return Response.json({ ...metadata, token_endpoint_auth_methods_supported: methods });
    }
    server.tokenRequests.push(pathname);
    server.bodies.push(await request.text());
    if (pathname !== server.path) return server.elsewhere();
    if (server.methods?.[0] === 'client_secret_post' && request.headers.has('authorization')) {
      return Response.json({ error: 'invalid_client' }, { status: 401 });
    }
    return Response.json({ access_token: 'at_CANARY', token_type: 'Bearer', expires_in: 300 });
  }
  return server;
}

test.each([301, 302, 307, 308, 404, 405, 410])(
  'when the token endpoint answers %d, it is discovered again and the renewal succeeds',
  async (status) => {
    const clock = virtualClock();
    const server = movingServer(clock);
    const token = (await Token.create(server.config)).unwrap();
    await clock.advance(120_000);

    server.path = '/new/token';
    server.elsewhere = () => new Response(null, { status, headers: { location: '/new/token' } });
    const answer = await token.invalidate();

    expect(answer.isOk()).toBe(true);
    expect(server.tokenRequests).toEqual(['/old/token', '/old/token', '/new/token']);
    expect(server.discoveries).toBe(2);
    await token.close();
  },
);

test('another token of the process finds the new endpoint, although the metadata is cached for an hour', async () => {
  const clock = virtualClock();
  const server = movingServer(clock);
  await fetchToken(server.config);
  await clock.advance(120_000);

  server.path = '/new/token';
  const second = await fetchToken(server.config);
  const third = await fetchToken(server.config);

  expect([second.isOk(), third.isOk()]).toEqual([true, true]);
  expect(server.tokenRequests).toEqual(['/old/token', '/old/token', '/new/token', '/new/token']);
  expect(server.discoveries).toBe(2);
});

test('after a refusal of the client, another way to authenticate that the server now lists is used', async () => {
  const clock = virtualClock();
  const server = movingServer(clock);
  const token = (await Token.create(server.config)).unwrap();
  await clock.advance(120_000);

  server.methods = ['client_secret_post'];
  const answer = await token.invalidate();

  expect(answer.isOk()).toBe(true);
  expect(server.bodies.at(-1)).toContain('client_secret=cs_CANARY');
  await token.close();
});

test('a server that listed no usable method is asked again, and works once it lists one', async () => {
  const clock = virtualClock();
  const server = movingServer(clock);
  server.methods = ['tls_client_auth'];
  const before = await fetchToken(server.config);
  await clock.advance(60_000);

  server.methods = ['client_secret_post'];
  const after = await fetchToken(server.config);

  expect(before.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientAuthMethod' });
  expect(after.isOk()).toBe(true);
});

test('the metadata is requested again at most once per minute, by all tokens together', async () => {
  const clock = virtualClock();
  const server = movingServer(clock);
  await fetchToken(server.config);
  server.path = '/gone';
  server.methods = null;
  server.elsewhere = () => new Response(null, { status: 404 });
  const counts: number[] = [];
  for (let minute = 0; minute < 3; minute += 1) {
    for (let count = 0; count < 5; count += 1) {
      server.path = `/moved/${minute}-${count}`;
      await fetchToken(server.config);
    }
    counts.push(server.discoveries);
    await clock.advance(60_000);
  }

  expect(counts).toEqual([1, 2, 3]);
});

test('when discovery fails, the answer of the token endpoint is the error, and one token asks once per minute', async () => {
  const clock = virtualClock();
  const server = movingServer(clock);
  const token = (await Token.create(server.config)).unwrap();
  await clock.advance(60_000);

  server.path = '/new/token';
  server.isMetadataDown = true;
  const first = await token.invalidate();
  const discoveries = server.discoveries;
  await clock.advance(30_000);
  await token.get();

  expect([first.isOk(), token.status().failure?.code]).toEqual([true, 'TOKEN_HTTP']); // the token stays in use
  expect([discoveries, server.discoveries]).toEqual([2, 2]);
  await token.close();
});

test('an endpoint that has not moved gets no second request', async () => {
  const clock = virtualClock();
  const server = movingServer(clock);
  server.methods = ['client_secret_post'];
  server.path = '/token';
  await fetchToken(server.config);
  await clock.advance(120_000);

  const error = (await fetchToken({ ...server.config, clientAuthMethod: 'client_secret_basic' })).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientAuthMethod' });
  expect(server.tokenRequests).toHaveLength(1);
  expect(server.discoveries).toBe(2);
});

test('a token endpoint of the config is never discovered', async () => {
  const server = movingServer(virtualClock());

  const answer = await fetchToken({ ...server.config, issuerUrl: undefined, tokenEndpoint: `${issuerUrl}/other` });

  expect(answer.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 404 });
  expect(server.discoveries).toBe(0);
});

test('metadata of a host inside the cluster serves an issuer outside', async () => {
  const server = movingServer(virtualClock());
  const metadataUrl = 'https://keycloak.svc.internal/.well-known/openid-configuration';

  const answer = await fetchToken({ ...server.config, metadataUrl });
  const wrong = await fetchToken({ ...server.config, issuerUrl: 'https://other.example', metadataUrl });
  const alone = await fetchToken({
    ...server.config,
    issuerUrl: undefined,
    tokenEndpoint: `${issuerUrl}/token`,
    metadataUrl,
  });

  expect(answer.isOk()).toBe(true);
  expect(wrong.unwrapErr()).toMatchObject({ code: 'INVALID_TOKEN_RESPONSE' });
  expect(alone.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'metadataUrl' });
});

test.each([401, 403, 404])("discovery's %d says nothing about the secret", async (status) => {
  const fetch = async (): Promise<Response> => new Response(null, { status });

  const error = (await fetchToken({ issuerUrl, clientId: 'svc', clientSecret: 'cs', fetch })).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', status });
  expect(error.message).not.toContain('secret');
});

test.each([401, 404])('metadata that is not there (%d): the error says what to correct', async (status) => {
  const fetch = async (): Promise<Response> => new Response(null, { status });

  const token = await Token.create({ issuerUrl: 'https://id.test', clientId: 'svc', clientSecret: 's', fetch });

  expect(token.isErr() && token.error).toMatchObject({
    code: 'TOKEN_HTTP',
    status,
    cause: { code: 'DISCOVERY_HTTP' },
  });
  expect(token.isErr() && token.error.message).toMatch(
    /answered 40\d\. Correct issuerUrl, or set metadataUrl; for a server without metadata, set tokenEndpoint in its place$/,
  );
});
