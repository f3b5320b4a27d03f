import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { virtualClock } from '@bearings/testing';
import { discover } from '../src/discover.ts';

/** What the well-known places of one server answer, as recorded or published; lists besides those that are read are emptied. */
interface RecordedServer {
  readonly server: string;
  readonly answers: readonly RecordedAnswer[];
}

interface RecordedAnswer {
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function parseServer(line: string): RecordedServer {
  const parsed: RecordedServer = JSON.parse(line);
  return parsed;
}

const servers = readFileSync(new URL('recorded-metadata.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(parseServer);

/** A network where every place of a server answers as recorded, and 404 where nothing is recorded. */
function createNetwork(name: string): {
  readonly fetch: typeof globalThis.fetch;
  readonly requested: readonly string[];
} {
  const answers = servers.find(({ server }) => server === name)?.answers ?? [];
  const requested: string[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    requested.push(pathname);
    const { status, headers, body } = answers.find(({ path }) => path === pathname) ?? { status: 404, body: '' };
    return new Response(body === '' ? null : body, { status, headers: headers ?? {} });
  };
  return { fetch, requested };
}

test.each([
  ['auth0', 'https://as.example/', 'https://as.example/oauth/token', 1],
  ['better-auth', 'https://as.example/api/auth', 'https://as.example/api/auth/oauth2/token', 1],
  ['django-oauth-toolkit', 'https://as.example/o', 'https://as.example/o/token/', 2],
  ['glewlwyd', 'https://as.example/api/oidc', 'https://as.example/api/oidc/token', 1],
  ['keycloak', 'https://as.example/realms/demo', 'https://as.example/realms/demo/protocol/openid-connect/token', 1],
  ['lemonldap-ng', 'https://as.example', 'https://as.example/oauth2/token', 1],
  ['oidc-provider', 'https://as.example', 'https://as.example/token', 1],
  ['cognito', 'https://idp.example/eu-west-1_AAAAAAAAA', 'https://as.example/oauth2/token', 1],
])('the token endpoint of %s is found', async (...[server, issuerUrl, endpoint, requests]) => {
  const { fetch, requested } = createNetwork(server);

  const found = await discover(issuerUrl, { fetch, clock: virtualClock() });

  expect(found.unwrap().token_endpoint).toBe(endpoint);
  expect(requested).toHaveLength(requests);
});

test.each([
  ['authentik', 'https://as.example/application/o', 'DISCOVERY_HTTP', 404, ''],
  ['better-auth', 'https://as.example', 'ISSUER_MISMATCH', undefined, 'names the issuer "https://as.example/api/auth"'],
  ['better-auth', 'https://as.example/api/auth/', 'ISSUER_MISMATCH', undefined, 'character by character'],
  ['django-oauth-toolkit', 'https://as.example', 'DISCOVERY_HTTP', 404, ''],
  ['entra', 'https://as.example/common/v2.0', 'ISSUER_MISMATCH', undefined, "Write the tenant's id"],
  ['entra', 'https://as.example/common', 'ISSUER_MISMATCH', undefined, "Write the tenant's id"],
  ['entra', 'https://as.example/nope.example/v2.0', 'DISCOVERY_HTTP', 404, 'answered 400 and'],
  ['glewlwyd', 'https://as.example/api/oidx', 'DISCOVERY_HTTP', 404, ''],
  ['keycloak', 'https://as.example/realms/nope', 'DISCOVERY_HTTP', 404, ''],
  ['keycloak', 'https://as.example/auth/realms/demo', 'DISCOVERY_HTTP', 404, ''],
  ['lemonldap-ng', 'https://as.example/tenant', 'DISCOVERY_HTTP', 404, 'answered 401 and'],
  ['node-oauth-express', 'https://as.example', 'DISCOVERY_HTTP', 404, ''],
  ['oidc-provider', 'https://as.example/tenant/a', 'DISCOVERY_HTTP', 404, ''],
])('%s has no metadata for %s', async (...[server, issuerUrl, code, status, words]) => {
  const { fetch } = createNetwork(server);

  const error = (await discover(issuerUrl, { fetch, clock: virtualClock() })).unwrapErr();

  expect(error).toMatchObject({ code, ...(status !== undefined && { status }) });
  expect(error.message).toContain(words);
});
