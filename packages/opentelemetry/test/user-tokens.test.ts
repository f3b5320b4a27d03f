import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { combineFetch, fakeApi, fakeBrowser, fakeIssuer } from '@bearings/testing';
import '@bearings/testing/vitest';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { observeToken, withTelemetry } from '../src/index.ts';
import { contexts, recorder } from './recorded.ts';

let stopContexts = (): void => {};
beforeEach(() => (stopContexts = contexts()));
afterEach(() => stopContexts());

const secretNames = ['code', 'code_verifier', 'refresh_token', 'access_token', 'id_token', 'state', 'nonce'];

/** A network that notes the secrets that pass through it. */
function noting(network: typeof globalThis.fetch) {
  const secrets = new Set<string>();
  const note = (values: URLSearchParams | Readonly<Record<string, unknown>>): void => {
    for (const name of secretNames) {
      const value = values instanceof URLSearchParams ? values.get(name) : values[name];
      if (typeof value === 'string') secrets.add(value);
    }
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    note(new URL(request.url).searchParams);
    if (request.method === 'POST') note(new URLSearchParams(await request.clone().text()));
    const response = await network(request);
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const body: unknown = isJson ? await response.clone().json() : undefined;
    if (typeof body === 'object') note({ ...body });
    const location = response.headers.get('location');
    if (location !== null) note(new URL(location, request.url).searchParams);
    return response;
  };
  return { fetch, secrets };
}

test('spans and metrics of consent, refresh and calls for a user contain no secret of the user', async () => {
  const client = { clientId: 'app', clientSecret: 'cs_CANARY' };
  const issuer = fakeIssuer({ clients: [{ ...client, redirectUris: ['https://app.test/oauth/callback/mail'] }] });
  const mail = fakeApi(issuer);
  const { fetch, secrets } = noting(combineFetch(issuer, mail));
  const { options, meter, exported } = recorder();
  const created = await UserTokens.create({
    store: memoryStore(),
    keys: { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } },
    connections: { mail: { issuerUrl: issuer.issuerUrl, ...client, scopes: ['openid', 'mail.read'] } },
    redirectUri: 'https://app.test/oauth',
    identify: () => 'alice',
    fetch: createClient({ fetch, retry: 0 }, withTelemetry(options)).fetch,
  });
  const users = created.unwrap();
  const flow = (await users.authorize({ user: 'alice', connection: 'mail' })).unwrap();
  const browser = fakeBrowser((input, init) => {
    const request = new Request(input, init);
    return new URL(request.url).host === 'app.test' ? users.handler(request) : fetch(request);
  });
  await browser.open(flow.status === 'pending' ? flow.url : '');
  const token = users.for({ user: 'alice', connection: 'mail' });
  observeToken(token, { name: 'mail', meter });
  const api = createClient({ baseUrl: mail.origin, fetch }, withBearerAuth(token), withTelemetry(options));

  await api.get('v1/mails');
  issuer.revoke();
  await api.get('v1/mails');
  await users.close();

  expect(secrets.size).toBeGreaterThanOrEqual(secretNames.length);
  const all = await exported();
  expect(all.spans.length).toBeGreaterThan(4);
  expect(all).toHideSecrets([...secrets, client.clientSecret]);
});
