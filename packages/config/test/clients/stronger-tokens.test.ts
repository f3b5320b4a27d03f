import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import '@bearings/testing/vitest';
import { platformKey, signToken } from '../../../oauth-bearer/test/grants/platform.ts';
import { startServer } from '../../../oauth-bearer/test/grants/real-server.ts';
import { startApi, startProvider } from '../../../oauth-bearer/test/dpop/dpop-servers.ts';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import { caught } from '../../../client/test/caught.ts';
import { createClients, createToken, loadConfig, readCredentials } from '../../src/index.ts';
import type { Config, ConfiguredCredential } from '../../src/index.ts';
import { temporaryFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { startGoogleServer } from './google-server.ts';

const example = readFileSync('examples/snippets/stronger-clients.yaml', 'utf8');
const certificate = await createCertificate(['ledger.test']);
const platformPem = String(platformKey.privateKey.export({ format: 'pem', type: 'pkcs8' }));

interface Place {
  readonly folder: Folder;
  readonly issuerUrl: string;
  readonly bankUrl?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly apis?: Readonly<Record<string, string>>;
}

/** The example, with local servers and files in place of those it names. */
async function loadExample({ folder, issuerUrl, bankUrl, files = {}, apis = {} }: Place): Promise<Config> {
  const known = { id: 'e30.e30.x', app: 'a client secret', caller: 'x', 'reports.pem': platformPem, 'google.json': '' };
  const google = await startGoogleServer();
  onTestFinished(() => google[Symbol.asyncDispose]());
  const pair = { 'tls.crt': certificate.cert, 'tls.key': certificate.key };
  const all = { ...known, ...pair, 'google.json': google.keyFile, payments: 'orders-secret', ...files };
  for (const [name, text] of Object.entries(all)) folder.write(name, text);
  const local = Object.entries(apis).reduce(
    (text, [name, url]) => text.replace(`https://${name}.internal`, url),
    example,
  );
  const text = local
    .replace(/(?:\/var)?\/run\/secrets\/(?:tokens\/)?/g, `${folder.path}/`)
    .replaceAll('https://id.internal', issuerUrl)
    .replace('https://bank.internal', bankUrl ?? 'https://bank.internal');
  return (await loadConfig(folder.write('clients.yaml', text))).unwrap();
}

function findCredential(config: Config, client: string): ConfiguredCredential {
  const found = readCredentials(config).find(({ clients }) => clients.includes(client));
  if (found === undefined) throw new TypeError(`${client} has no credential`);
  return found;
}

function closeAtEnd(server: Server): void {
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
}

/** The access token that a client of the config gets. */
async function requestToken(config: Config, client: string): Promise<string> {
  await using token = (await createToken(config, findCredential(config, client))).unwrap();
  return (await token.get()).unwrap().secret.expose();
}

test('the client is authenticated by the assertion that its platform has put in a file, as it is then', async () => {
  const server = await startServer();
  using folder = temporaryFolder();
  const assertion = (): Promise<string> => signToken({ sub: 'workload', iss: 'workload', aud: server.issuerUrl });
  const [first, second] = [await assertion(), await assertion()];
  const config = await loadExample({ folder, issuerUrl: server.issuerUrl, files: { id: first } });
  await using token = (await createToken(config, findCredential(config, 'orders'))).unwrap();

  await token.get();
  folder.write('id', second);
  await token.invalidate();

  expect(server.forms.map((form) => form['client_assertion'])).toEqual([first, second]);
});

test.each([
  [{}, 'can be read by every account of this machine'],
  [{ secretFiles: { readableByOthers: true } }, ''],
])('an assertion in a file that others can read is refused, unless %j allows it', async (setting, problem) => {
  const server = await startServer();
  using folder = temporaryFolder();
  const file = folder.write('id', await signToken({ sub: 'workload', iss: 'workload', aud: server.issuerUrl }), 0o644);
  const auth = { type: 'oauth2_client_credentials', issuerUrl: server.issuerUrl, clientId: 'workload' };
  const clients = { a: { baseUrl: 'https://a.internal', auth: { ...auth, clientAssertion: { file } } } };
  const config = (await loadConfig({ clients, ...setting })).unwrap();
  await using token = (await createToken(config, findCredential(config, 'a'))).unwrap();

  const acquired = await token.get();

  expect(acquired.isErr() ? acquired.error.message : '').toContain(problem);
  expect(server.forms).toHaveLength(problem === '' ? 1 : 0);
});

test('the token that a file holds is exchanged for the audience of the client', async () => {
  const server = await startServer();
  using folder = temporaryFolder();
  const caller = await signToken({ sub: 'alice' });
  const config = await loadExample({ folder, issuerUrl: server.issuerUrl, files: { caller } });

  const token = await requestToken(config, 'invoices');

  expect(server.owner(token)).toBe('alice');
  expect(server.forms[0]).toMatchObject({ subject_token: caller, audience: 'invoices' });
  expect(config).toHideSecrets([caller, 'a client secret']);
});

test('a JWT that the key of the config has signed is the grant', async () => {
  const server = await startServer();
  using folder = temporaryFolder();
  const config = await loadExample({ folder, issuerUrl: server.issuerUrl });

  expect(server.owner(await requestToken(config, 'reports'))).toBe('bob');
});

test('a service-account key of Google is used as it was downloaded', async () => {
  await using google = await startGoogleServer();
  using folder = temporaryFolder();
  const files = { 'google.json': google.keyFile };
  const config = await loadExample({ folder, issuerUrl: 'https://id.internal', files });

  expect(await requestToken(config, 'files')).toBe('google-token');
  expect(google.accepted).toMatchObject([{ scope: 'https://www.googleapis.com/auth/devstorage.read_only' }]);
});

test('tokens are bound to a key, and each request is signed with it', async () => {
  await using bank = await startProvider();
  await using api = await startApi();
  using folder = temporaryFolder();
  const apis = { payments: api.url };
  const config = await loadExample({ folder, issuerUrl: 'https://id.internal', bankUrl: bank.url, apis });
  await using clients = await createClients(config, { names: ['payments'] });

  const answer = await clients.payments.get('v1/payments');

  expect(answer.status).toBe(200);
  expect(api.seen).toMatchObject([{ status: 200, htu: `${api.url}/v1/payments` }]);
});

test('when the API demands an allowed scope, the call gets one further token', async () => {
  const server = await startServer();
  using folder = temporaryFolder();
  const assertion = (): Promise<string> => signToken({ sub: 'workload', iss: 'workload', aud: server.issuerUrl });
  const [id, next] = [await assertion(), await assertion()]; // the server accepts each once
  const seen: (string | undefined)[] = [];
  const api = createServer(({ headers, method }, response) => {
    seen.push(headers.authorization);
    const isDemand = method === 'POST' && seen.length === 1;
    folder.write('id', next);
    const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="orders.write"' };
    response.writeHead(isDemand ? 403 : 200, isDemand ? challenge : {}).end('{}');
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  closeAtEnd(api);
  const apis = { orders: `http://127.0.0.1:${(api.address() as AddressInfo).port}` };
  const config = await loadExample({ folder, issuerUrl: server.issuerUrl, apis, files: { id } });
  await using clients = await createClients(config, { names: ['orders'] });

  const answer = await clients.orders.post('v1/orders', { json: {} });

  expect(answer.status).toBe(200);
  expect(new Set(seen).size).toBe(2);
  expect(server.forms.map((form) => form['scope'])).toEqual(['orders.read', 'orders.read orders.write']);
});

test('a client with the profile fapi2 is created without a request', async () => {
  using folder = temporaryFolder();
  const config = await loadExample({ folder, issuerUrl: 'https://id.internal' });

  const token = await createToken(config, findCredential(config, 'accounts'));

  expect(token.unwrap().status().state).toBe('none');
  await token.unwrap().close();
});

test.each([
  ['github-actions', 'has no ACTIONS_ID_TOKEN_REQUEST_URL: the job needs permissions: id-token: write'],
  ['azure', 'has no AZURE_FEDERATED_TOKEN_FILE: set the label azure.workload.identity/use'],
  ['aws', 'has no AWS_WEB_IDENTITY_TOKEN_FILE: annotate the service account'],
])('a client on %s outside of it is refused before anything is sent, with what to set', async (platform, message) => {
  const auth = { type: 'oauth2_client_credentials', issuerUrl: 'https://id.internal', clientId: 'billing' };
  const clients = { a: { baseUrl: 'https://a.internal', auth: { ...auth, clientAssertion: { platform } } } };
  const config = (await loadConfig({ clients })).unwrap();

  const failure = await caught(() => createClients(config, { names: ['a'] }));

  expect(failure).toMatchObject({ code: 'TOKEN_CONFIG' });
  expect(failure.message).toContain(message);
});

/** A metadata service that answers with a JWT for every path. */
async function startMetadata(): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    seen.push(url);
    response.setHeader('metadata-flavor', 'Google');
    const jwt = 'e30.e30.c2ln';
    response.end(url.includes('/identity?') ? jwt : JSON.stringify({ value: jwt, access_token: jwt }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAtEnd(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

interface PlatformCase {
  readonly platform: string;
  readonly more?: (url: string) => object;
  readonly env?: (url: string, file: string) => Record<string, string>;
  readonly asks?: string;
}

test.each<PlatformCase>([
  {
    platform: 'github-actions',
    more: () => ({ audience: 'billing-api' }),
    env: (url) => ({ ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/id`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'job' }),
    asks: '/id?audience=billing-api',
  },
  {
    platform: 'google',
    more: (endpoint) => ({ endpoint, account: 'reader' }),
    asks: '/computeMetadata/v1/instance/service-accounts/reader/identity?audience=',
  },
  {
    platform: 'azure-managed-identity',
    more: (endpoint) => ({ endpoint, clientId: 'mine' }),
    asks: '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2FAzureADTokenExchange&client_id=mine',
  },
  { platform: 'azure', env: (_, file) => ({ AZURE_FEDERATED_TOKEN_FILE: file }) },
  { platform: 'aws', env: (_, file) => ({ AWS_WEB_IDENTITY_TOKEN_FILE: file }) },
])('the assertion of $platform authenticates the client', async ({ platform, more, env = () => ({}), asks }) => {
  const metadata = await startMetadata();
  using folder = temporaryFolder();
  const variables = env(metadata.url, folder.write('id', 'e30.e30.c2ln'));
  const clientAssertion = { platform, ...more?.(metadata.url) };
  const auth = { type: 'oauth2_client_credentials', tokenUrl: 'https://id.test/token', clientId: 'billing' };
  const clients = { a: { baseUrl: 'https://a.internal', auth: { ...auth, clientAssertion } } };
  const config = (await loadConfig({ clients }, { env: variables })).unwrap();
  const forms: URLSearchParams[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    forms.push(new URLSearchParams(await new Request(input, init).text()));
    return Response.json({ access_token: 'at', token_type: 'Bearer', expires_in: 60 });
  };
  await using token = (await createToken(config, findCredential(config, 'a'), { fetch })).unwrap();

  await token.get();

  expect(forms[0]?.get('client_assertion')).toBe('e30.e30.c2ln');
  expect(metadata.seen[0] ?? '').toContain(asks ?? '');
});

test('each token request declares what the client can handle', async () => {
  const server = await startServer();
  using folder = temporaryFolder();
  const clientSecretRef = `file:${folder.write('app', 'a client secret')}`;
  const auth = { type: 'oauth2_client_credentials', issuerUrl: server.issuerUrl, clientId: 'app', clientSecretRef };
  const clients = { a: { baseUrl: 'https://a.internal', auth: { ...auth, clientCapabilities: ['cp1'] } } };
  const config = (await loadConfig({ clients })).unwrap();
  const claims: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.method === 'POST') claims.push(new URLSearchParams(await request.clone().text()).get('claims'));
    return globalThis.fetch(request);
  };
  await using token = (await createToken(config, findCredential(config, 'a'), { fetch })).unwrap();

  expect((await token.get()).isOk()).toBe(true);
  expect(JSON.parse(claims[0] ?? '{}')).toEqual({ access_token: { xms_cc: { values: ['cp1'] } } });
});
