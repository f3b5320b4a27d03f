import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { createCertificate } from '../../../../testing/src/server/certificate.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import { startRealServers, ordersConfig } from '../../fixtures/real-servers.ts';
import { transcript } from '../../fixtures/transcript.ts';

test('needs no network and no secret', async () => {
  await using servers = await startRealServers();
  const without = fakeTerminal({ cwd: servers.folder, env: {}, fetch: () => Promise.reject(new Error('used')) });
  const withSecret = fakeTerminal({ cwd: servers.folder, env: servers.env });

  const codes = [await run(['explain', 'orders'], without), await run(['explain', 'orders'], withSecret)];

  expect(codes).toEqual([0, 0]);
  expect(without.out()).toBe(withSecret.out());
  expect(without.out()).toContain('authenticated by env:ORDERS_SECRET');
});

test('reports other problems of the config', async () => {
  await using servers = await startRealServers();
  const config = ordersConfig(
    { issuerUrl: servers.provider.issuerUrl, apiUrl: servers.api.url },
    '    timeout: soon\n',
  );
  await writeFile(join(servers.folder, 'bearings.yaml'), config);
  const terminal = fakeTerminal({ cwd: servers.folder, env: {} });

  const code = await run(['explain', 'orders'], terminal);

  expect(code).toBe(2);
  expect(terminal.err()).toContain('clients.orders.timeout is text');
});

test.each([
  ['{ type: bearer, tokenRef: env:KEY }', 'bearer token from env:KEY', 'header authorization'],
  ['{ type: basic, username: me, passwordRef: env:KEY }', 'user me, password from env:KEY', 'header authorization'],
  ['{ type: api_key, keyRef: env:KEY }', 'key from env:KEY, in the header x-api-key', 'header x-api-key'],
  ['{ type: none }', 'no credential', 'transport'],
  [
    '{ type: oauth2_client_credentials, tokenUrl: https://id.example/t, clientId: me, privateKeyRef: file:/not/here.pem }',
    'client me, authenticated by file:/not/here.pem (private_key_jwt)',
    'header authorization',
  ],
  [
    '{ type: oauth2_authorization_code, issuerUrl: https://id.example, clientId: me, dpop: { privateKeyRef: file:/not/here.pem } }',
    'client me, authenticated by no secret\nscopes none requested\ntokens bound to the key from file:/not/here.pem (DPoP)',
    'header authorization',
  ],
  [
    '{ type: google_service_account, serviceAccountKeyRef: file:/not/here.json, scopes: [disk.read], subject: a@b.example }',
    'tokens from Google, by the grant jwt_bearer with the service-account key from file:/not/here.json, for a@b.example\nscopes disk.read',
    'header authorization',
  ],
])('describes each type of credential: %s', async (auth, description, layer) => {
  await using servers = await startRealServers({
    config: ({ apiUrl }) => `clients:\n  stock: { baseUrl: ${apiUrl}, auth: ${auth} }\n`,
  });
  const terminal = fakeTerminal({ cwd: servers.folder, env: {} });

  expect(await run(['explain', 'stock'], terminal)).toBe(0);

  expect(terminal.out()).toContain(`\n${description}\n`);
  expect(terminal.out()).toContain(layer);
});

const server = 'type: oauth2_client_credentials, issuerUrl: https://id.example, clientId: me';

test.each([
  ['clientSecretRef: env:S', 'tokens from https://id.example, by the grant client_credentials\n'],
  [
    'clientSecretRef: env:S',
    'authenticated by env:S (client_secret_basic unless the server lists only client_secret_post)\nscopes none requested\nbearer tokens\n',
  ],
  ['clientSecretRef: env:S, clientAuthMethod: client_secret_post', 'authenticated by env:S (client_secret_post)\n'],
  ['clientAuthMethod: none', 'authenticated by no secret (none)\n'],
  [
    'clientAssertion: { platform: kubernetes, file: /not/here }',
    'authenticated by the assertion of kubernetes, /not/here (private_key_jwt)\n',
  ],
  [
    'clientSecretRef: env:S, grant: { type: token_exchange, subjectTokenRef: env:T, actorTokenRef: env:A }',
    'by the grant token_exchange with the token from env:T, with env:A as the actor\n',
  ],
  [
    'clientSecretRef: env:S, grant: { type: jwt_bearer, privateKeyRef: env:K, subject: bob }',
    'by the grant jwt_bearer with a JWT for bob, signed by the key from env:K\n',
  ],
  [
    'clientSecretRef: env:S, grant: { type: jwt_bearer, assertionRef: env:J }',
    'by the grant jwt_bearer with the JWT from env:J\n',
  ],
  ['clientSecretRef: env:S, dpop: true', 'tokens bound to a new key (DPoP)\n'],
  ['clientSecretRef: env:S, dpop: { privateKeyRef: env:K }', 'tokens bound to the key from env:K (DPoP)\n'],
  ['clientSecretRef: env:S, stepUp: { allow: [a, b] }', 'step-up to a b, when the API demands it\n'],
  ['clientAssertion: { platform: google }, dpop: true, profile: fapi2', 'security profile fapi2\n'],
])('shows how tokens are requested, for %s', async (settings, lines) => {
  using folder = configFolder(
    `clients: { orders: { baseUrl: https://orders.example, auth: { ${server}, ${settings} } } }`,
  );
  const terminal = fakeTerminal({ cwd: folder.path, env: {} });

  expect(await run(['explain', 'orders'], terminal), terminal.err()).toBe(0);
  expect(terminal.out()).toContain(lines);
});

test.each([
  [
    'clientSecretRef: env:S, clientCapabilities: [cp1], certificateBoundTokens: true',
    'tokens bound to the certificate from FOLDER/tls.crt (RFC 8705)\n',
  ],
  [
    'clientAuthMethod: tls_client_auth',
    'client me, authenticated by the certificate from FOLDER/tls.crt (tls_client_auth)\nscopes none requested\nbearer tokens\n',
  ],
  [
    'clientAuthMethod: self_signed_tls_client_auth, dpop: true',
    'from FOLDER/tls.crt (self_signed_tls_client_auth)\nscopes none requested\ntokens bound to a new key (DPoP)\n',
  ],
])('shows the client certificate, for %s', async (settings, lines) => {
  const { cert, key } = await createCertificate(['me.example']);
  using folder = configFolder(
    `network: { certFile: tls.crt, keyFile: tls.key }\nclients: { orders: { baseUrl: https://orders.example, auth: { ${server}, ${settings} } } }`,
  );
  await writeFile(join(folder.path, 'tls.crt'), cert);
  await writeFile(join(folder.path, 'tls.key'), key, { mode: 0o600 });
  const terminal = fakeTerminal({ cwd: folder.path, env: {} });

  expect(await run(['explain', 'orders'], terminal), terminal.err()).toBe(0);
  expect(terminal.out().replaceAll(folder.path, 'FOLDER')).toContain(lines);
});

test('--json has the same', async () => {
  const settings = 'clientSecretRef: env:S, dpop: true, stepUp: { allow: [a] }';
  using folder = configFolder(
    `clients: { orders: { baseUrl: https://orders.example, auth: { ${server}, ${settings} } } }`,
  );
  const terminal = fakeTerminal({ cwd: folder.path, env: {} });

  await run(['explain', 'orders', '--json'], terminal);

  expect(JSON.parse(terminal.out())).toMatchObject({
    oauth2: {
      grant: 'client_credentials',
      grantFrom: null,
      clientAuthMethod: 'client_secret_basic',
      authenticatedBy: 'env:S',
      boundTo: 'a new key',
      stepUp: ['a'],
      securityProfile: null,
    },
  });
});

test('shows the source of the credential, and the stages', async () => {
  await using servers = await startRealServers();

  await expect(await transcript(servers, ['explain', 'orders'])).toMatchFileSnapshot('../../golden/explain.txt');
});

test.for([
  ['--context', ['--context', 'prod'], {}, 'https://orders.internal'],
  ['BEARINGS_CONTEXT', [], { BEARINGS_CONTEXT: 'prod' }, 'https://orders.internal'],
  ['--context before BEARINGS_CONTEXT', ['--context', 'prod'], { BEARINGS_CONTEXT: 'dev' }, 'https://orders.internal'],
  ['an empty BEARINGS_CONTEXT', [], { BEARINGS_CONTEXT: '' }, 'https://orders.dev.internal'],
  ['neither', [], {}, 'https://orders.dev.internal'],
] as const)('%s chooses the context of the config', async ([, args, env, baseUrl]) => {
  using folder = configFolder({
    clients: { orders: { baseUrl: 'https://orders.dev.internal', auth: { type: 'none' } } },
    contexts: { dev: {}, prod: { clients: { orders: { baseUrl: 'https://orders.internal' } } } },
  });
  const terminal = fakeTerminal({ cwd: folder.path, env });

  expect(await run(['explain', 'orders', ...args], terminal)).toBe(0);
  expect(terminal.out()).toContain(`orders  ${baseUrl}  `);
});
