import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Token } from '@bearings/oauth-bearer';
import type { ClientAssertion } from '@bearings/oauth-bearer';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  awsWebIdentityToken,
  azureFederatedToken,
  azureManagedIdentityToken,
  githubActionsToken,
  googleIdentityToken,
  kubernetesToken,
  spiffeToken,
} from '../src/index.ts';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A JWT as a platform signs it; its receiver is fake too. */
const jwt = (sub: string): string => `${part({ alg: 'none' })}.${part({ sub })}.c2ln`;

interface Seen {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
}

/** A real server in the place of a metadata service. */
async function listen(answer: (response: ServerResponse, seen: Seen) => void): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    const each = { url: new URL(url, 'http://x'), headers };
    seen.push(each);
    answer(response, each);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Requests a token with an assertion, and returns the form that was sent. */
async function authenticate(clientAssertion: ClientAssertion): Promise<{ token: unknown; form: URLSearchParams }> {
  let form = new URLSearchParams();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    form = new URLSearchParams(await new Request(input, init).text());
    return Response.json({ access_token: 'at', token_type: 'Bearer', expires_in: 60 });
  };
  const token = await Token.create({ tokenEndpoint: 'https://id.test/token', clientId: 'svc', fetch, clientAssertion });
  if (token.isOk()) await token.value.close();
  return { token, form };
}

function mounted(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  writeFileSync(file, content, { mode: 0o644 });
  return file;
}

test('files of Kubernetes, SPIFFE, AKS and EKS are assertions as they are mounted', async () => {
  const file = mounted(jwt('pod'));
  const given = [
    kubernetesToken({ file }),
    azureFederatedToken({ env: { AZURE_FEDERATED_TOKEN_FILE: file } }),
    awsWebIdentityToken({ env: { AWS_WEB_IDENTITY_TOKEN_FILE: file } }),
    spiffeToken({ file }),
  ];

  const forms = [];
  for (const each of given) forms.push((await authenticate(each)).form);

  expect(forms.map((form) => form.get('client_assertion'))).toEqual(given.map(() => jwt('pod')));
  expect(forms.map((form) => form.get('client_assertion_type')?.split(':').at(-1))).toEqual([
    'jwt-bearer',
    'jwt-bearer',
    'jwt-bearer',
    'jwt-spiffe',
  ]);
});

test('GitHub Actions gives a token for the audience, with the secret of the job', async () => {
  const { url, seen } = await listen((response) => response.end(JSON.stringify({ count: 1, value: jwt('repo') })));
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'job-secret',
  };

  const { form } = await authenticate(githubActionsToken({ env }));

  expect(form.get('client_assertion')).toBe(jwt('repo'));
  expect(Object.fromEntries(seen[0]?.url.searchParams ?? [])).toEqual({
    'api-version': '2',
    audience: 'https://id.test/token',
  });
  expect(seen[0]?.headers.authorization).toBe('Bearer job-secret');
});

test('a managed identity of Azure gives a token, on a virtual machine and in App Service', async () => {
  const { url, seen } = await listen((response) => response.end(JSON.stringify({ access_token: jwt('identity') })));
  const env = { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: 'service-secret' };

  const machine = await authenticate(azureManagedIdentityToken({ endpoint: url, clientId: 'id-1' }));
  await authenticate(azureManagedIdentityToken({ env, resource: 'api://other' }));

  expect(machine.form.get('client_assertion')).toBe(jwt('identity'));
  expect(seen.map((each) => [each.url.pathname, Object.fromEntries(each.url.searchParams)])).toEqual([
    [
      '/metadata/identity/oauth2/token',
      { 'api-version': '2018-02-01', resource: 'api://AzureADTokenExchange', client_id: 'id-1' },
    ],
    ['/msi/token', { 'api-version': '2019-08-01', resource: 'api://other' }],
  ]);
  expect(seen.map(({ headers }) => [headers['metadata'], headers['x-identity-header']])).toEqual([
    ['true', undefined],
    [undefined, 'service-secret'],
  ]);
});

test('the metadata service of Google gives a token for the audience, and another server at its address does not', async () => {
  const google = await listen((response) => response.setHeader('metadata-flavor', 'Google').end(jwt('machine')));
  const other = await listen((response) => response.end(jwt('portal')));

  const { form } = await authenticate(googleIdentityToken({ endpoint: google.url, audience: 'https://sts.example' }));
  const wrong = await authenticate(googleIdentityToken({ endpoint: other.url }));

  expect(form.get('client_assertion')).toBe(jwt('machine'));
  expect(google.seen[0]?.url.pathname).toBe('/computeMetadata/v1/instance/service-accounts/default/identity');
  expect(google.seen[0]?.url.searchParams.get('audience')).toBe('https://sts.example');
  expect(google.seen[0]?.headers['metadata-flavor']).toBe('Google');
  expect(inspect(wrong.token)).toContain('another server answered');
});

test('a metadata service is asked directly, whatever proxy the environment names', async () => {
  const proxy = await listen((response) => response.end('proxied'));
  const google = await listen((response) => response.setHeader('metadata-flavor', 'Google').end(jwt('machine')));
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, proxy.url);
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  onTestFinished(() => void vi.unstubAllEnvs());

  const { form } = await authenticate(googleIdentityToken({ endpoint: google.url }));

  expect(form.get('client_assertion')).toBe(jwt('machine'));
  expect(proxy.seen).toEqual([]);
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ['answers 404', (response) => void response.writeHead(404).end('no identity jwt-secret'), 'answered 404'],
  ['answers 429', (response) => void response.writeHead(429).end(), 'answered 429'],
  ['answers with nothing', (response) => void response.end('{}'), 'answered without a token'],
  ['answers with a page', (response) => void response.end('<html>jwt-secret'), 'answered without a token'],
  ['breaks off', (response) => response.writeHead(200, { 'content-length': '9' }).flushHeaders(), 'within 1000 ms'],
  ['is silent', () => {}, 'did not answer within 1000 ms'],
  ['sends a flood', (response) => void response.end('x'.repeat(100_000)), 'broke off'],
])('a metadata service that %s is an outage with its name, and nothing is sent', async (_, answer, problem) => {
  const { url } = await listen(answer);

  const { token, form } = await authenticate(azureManagedIdentityToken({ endpoint: url }));

  expect(token).toMatchObject({ error: { code: 'TOKEN_UNAVAILABLE', kind: 'transient' } });
  expect(inspect(token)).toContain('the identity service of Azure');
  expect(inspect(token)).toContain(problem);
  expect(inspect(token, { depth: 9 })).not.toContain('jwt-secret');
  expect([...form]).toEqual([]);
});

test('a machine without a metadata service says so', async () => {
  const { token } = await authenticate(googleIdentityToken({ endpoint: 'http://127.0.0.1:1' }));

  expect(inspect(token)).toContain('the metadata service of Google cannot be reached (ECONNREFUSED)');
});

test.each<[string, () => unknown, string]>([
  ['GitHub Actions', () => githubActionsToken({ env: {} }), 'the job needs permissions: id-token: write'],
  ['AKS', () => azureFederatedToken({ env: {} }), 'azure.workload.identity/use'],
  ['EKS', () => awsWebIdentityToken({ env: {} }), 'eks.amazonaws.com/role-arn'],
  [
    'a URL that is not https',
    () =>
      githubActionsToken({
        env: { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://x.example', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' },
      }),
    'is not https',
  ],
])('outside of its platform, or with a wrong environment, %s is refused at once', (_, act, message) => {
  expect(act).toThrow(message);
});
