import { expect, test } from 'vitest';
import { authority, issue, startApi, startProvider } from '../../../oauth-bearer/test/mtls/mtls-servers.ts';
import { createClients, loadConfig } from '../../src/index.ts';
import { temporaryFolder } from '../folder.ts';

const certificate = await issue('orders.test');
const network = 'network: { caFile: ca.pem, certFile: tls.crt, keyFile: tls.key }';

/** A folder with the files of `network`. */
function certificateFolder() {
  const folder = temporaryFolder();
  folder.write('ca.pem', authority.cert);
  folder.write('tls.crt', certificate.cert);
  folder.write('tls.key', certificate.key);
  return folder;
}

const byCertificate = {
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_san_dns: 'orders.test',
} as const;
const bySecret = { token_endpoint_auth_method: 'client_secret_basic', client_secret: 'a'.repeat(40) } as const;
const bound = { tls_client_certificate_bound_access_tokens: true };

const registered = 'clientAuthMethod: tls_client_auth, certificateBoundTokens: true';

test.each([
  ['tls_client_auth and the network of the client', byCertificate, registered, 'client'],
  ['tls_client_auth and the network of the file', byCertificate, registered, 'file'],
  ['tls_client_auth by the rules of FAPI 2.0', byCertificate, `${registered}, profile: fapi2`, 'file'],
  ['a secret, for tokens that are bound', bySecret, 'clientSecretRef: env:S, certificateBoundTokens: true', 'file'],
] as const)('the API accepts the token of a client with %s', async (...[, registration, fields, place]) => {
  await using provider = await startProvider({ ...registration, ...bound });
  await using api = await startApi(provider);
  using folder = certificateFolder();
  const server = `type: oauth2_client_credentials, issuerUrl: '${provider.url}', clientId: orders`;
  const auth = `auth: { ${server}, resource: 'https://orders.test/', ${fields} }`;
  const text = [
    place === 'file' ? network : '',
    'clients:',
    '  orders:',
    `    baseUrl: ${api.url}`,
    `    ${auth}`,
    place === 'client' ? `    ${network}` : '',
  ];
  const file = folder.write('clients.yaml', text.join('\n'));
  const config = (await loadConfig(file, { env: { S: bySecret.client_secret } })).unwrap();

  await using clients = await createClients(config);
  const response = await clients['orders']?.get('');

  expect(response?.status).toBe(200);
  expect(provider.requests).toMatchObject([{ isAlias: true, status: 200 }]);
});

test.each([
  ['network: { caFile: ca.pem }', 'the network of the client has no certificate, and replaces that of the file'],
  ['', 'there is no network with a certificate'],
])('a config with %j is refused: %s', async (own) => {
  using folder = certificateFolder();
  const auth =
    '{ type: oauth2_client_credentials, issuerUrl: https://id.test, clientId: a, clientAuthMethod: tls_client_auth }';
  const shared = own === '' ? 'network: { caFile: ca.pem }' : network;
  const text = `${shared}\nclients:\n  a:\n    baseUrl: https://a.test\n    auth: ${auth}\n${own && `    ${own}`}`;

  const { problems } = (await loadConfig(folder.write('clients.yaml', text))).unwrapErr();

  expect(problems).toMatchObject([{ path: 'clients.a.auth.clientAuthMethod', line: 5 }]);
});
