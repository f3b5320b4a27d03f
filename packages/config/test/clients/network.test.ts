import '@bearings/testing/vitest';
import { withUndici } from '@bearings/undici';
import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { proxyPassword, startPrivateNetwork } from '../../../../test/fixtures/private-network.ts';
import type { PrivateNetwork } from '../../../../test/fixtures/private-network.ts';
import { createClients, createToken, loadConfig, readCredentials } from '../../src/index.ts';
import { relativeMessage, temporaryFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';

const passphrase = 'planted-passphrase-44';

const environment = (place: PrivateNetwork): Record<string, string> => ({
  SECRET: place.clientSecret,
  PROXY_PASSWORD: proxyPassword,
  PASSPHRASE: passphrase,
});

/** A config file whose `network` has proxy, authority and client certificate; and its files. */
function writeConfig(folder: Folder, place: PrivateNetwork, more: object = {}): string {
  folder.write('ca.pem', place.ca);
  folder.write('tls.crt', place.mine.cert);
  folder.write('tls.key', place.mine.key);
  const { issuerUrl, clientId, apiUrl, proxyOrigin: proxy } = place;
  const auth = { type: 'oauth2_client_credentials', issuerUrl, clientId, clientSecretRef: 'env:SECRET' };
  const network = {
    proxy,
    proxyUser: 'worker',
    proxyPasswordRef: 'env:PROXY_PASSWORD',
    caFile: 'ca.pem',
    certFile: 'tls.crt',
    keyFile: 'tls.key',
    ...more,
  };
  return folder.write('clients.json', JSON.stringify({ network, clients: { orders: { baseUrl: apiUrl, auth } } }));
}

test('the network of a config file carries calls and token requests', async () => {
  await using place = await startPrivateNetwork({ requiresCertificate: true });
  using folder = temporaryFolder();
  const config = (await loadConfig(writeConfig(folder, place), { env: environment(place) })).unwrap();
  await using clients = await createClients(config, { names: ['orders'] });

  expect((await clients.orders.get('')).status).toBe(200);
  expect(place.tunnels).toEqual(expect.arrayContaining(['id.private.test:443', 'orders.private.test:443']));
  expect(config).toHideSecrets(proxyPassword);
});

test('the key may be encrypted, with its passphrase by reference', async () => {
  await using place = await startPrivateNetwork({ requiresCertificate: true });
  using folder = temporaryFolder();
  const file = writeConfig(folder, place, { keyPassphraseRef: 'env:PASSPHRASE' });
  const key = createPrivateKey(place.mine.key);
  folder.write('tls.key', key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString());
  const config = (await loadConfig(file, { env: environment(place) })).unwrap();
  await using clients = await createClients(config, { names: ['orders'] });

  expect((await clients.orders.get('')).status).toBe(200);
});

test('the network of a client replaces that of the file as a whole', async () => {
  const auth = { type: 'bearer', tokenRef: 'env:SECRET' };
  const source = {
    network: { proxy: 'http://proxy.test:3128' },
    clients: {
      a: { baseUrl: 'https://a.test', auth },
      b: { baseUrl: 'https://b.test', auth, network: {} },
      c: { baseUrl: 'https://c.test', auth },
    },
  };

  const config = (await loadConfig(source, { env: { SECRET: 'a-secret' } })).unwrap();

  expect(config.clients['a']?.network).toEqual({ proxy: 'http://proxy.test:3128' });
  expect(config.clients['b']?.network).toEqual({});
  expect(readCredentials(config).map(({ clients }) => clients)).toEqual([['a', 'c'], ['b']]);
});

test('a transport in layers takes the place of the network, for the token too', async () => {
  await using place = await startPrivateNetwork();
  using folder = temporaryFolder();
  const file = writeConfig(folder, place, { proxy: 'http://127.0.0.1:1' });
  const config = (await loadConfig(file, { env: environment(place) })).unwrap();
  await using network = withUndici({ proxy: place.proxyUrl, tls: { ca: place.ca } });
  await using clients = await createClients(config, { names: ['orders'], layers: () => [network] });

  expect((await clients.orders.get('')).status).toBe(200);
});

test('createToken requires the network of the credential, so that it is not passed by', async () => {
  await using place = await startPrivateNetwork();
  using folder = temporaryFolder();
  const config = (await loadConfig(writeConfig(folder, place), { env: environment(place) })).unwrap();
  const [credential] = readCredentials(config);
  if (credential === undefined) throw new TypeError('no credential');

  await expect(createToken(config, credential)).rejects.toMatchObject({ code: 'CONFIG', field: 'network' });
});

test('a proxy that refuses the password is named, and the password is not', async () => {
  await using place = await startPrivateNetwork();
  using folder = temporaryFolder();
  const env = { ...environment(place), PROXY_PASSWORD: `${proxyPassword}-old` };
  const config = (await loadConfig(writeConfig(folder, place), { env })).unwrap();
  await using clients = await createClients(config, { names: ['orders'] });

  const error = await clients.orders.get('').then(
    () => undefined,
    (cause: unknown) => cause,
  );

  expect(String(error)).toContain(`the proxy ${place.proxyOrigin} failed: it answered 407`);
  expect(inspect(error, { depth: 9 })).not.toContain(proxyPassword);
});

test('every mistake in a network is reported with its line', async () => {
  using folder = temporaryFolder();
  folder.write('open.key', '-----BEGIN PRIVATE KEY-----', 0o644);
  folder.write('not.pem', 'text');
  const text = `network:
  proxi: env
  proxy: http://user:${proxyPassword}@proxy.test
  proxyUser: worker
  caFile: none.pem
  certFile: not.pem
  keyFile: open.key
clients:
  a: { baseUrl: https://a.test, auth: { type: none }, network: { proxy: proxy.test, keyFile: /no.key } }
`;

  const error = (await loadConfig(folder.write('clients.yaml', text), { names: [] })).unwrapErr();

  expect(relativeMessage(error, folder)).toMatchInlineSnapshot(`
    "clients.yaml has 8 problems
      clients.yaml:1:1  network.proxyPasswordRef is missing: must be set, because proxyUser needs it
      clients.yaml:2:3  network.proxi is not a field here. Did you mean proxy?
      clients.yaml:3:3  network.proxy contains a user or a password: remove it and use proxyUser and proxyPasswordRef
      clients.yaml:5:3  network.caFile names the file none.pem, which does not exist: create it, or correct the name
      clients.yaml:6:3  network.certFile names the file not.pem, which has no certificate in PEM: name a file that begins with -----BEGIN CERTIFICATE-----
      clients.yaml:7:3  network.keyFile names the file open.key, which other users may read or write (mode 0644): chmod 600 open.key (in Kubernetes: defaultMode: 0400, and fsGroup if the user is not root), or set secretFiles: { readableByOthers: true } where no other user has an account
      clients.yaml:9:55  clients.a.network.certFile is missing: must be set, because keyFile needs it
      clients.yaml:9:66  clients.a.network.proxy is not the URL of a proxy: must be env, or a URL such as http://proxy.internal:3128"
  `);
  expect(error).toHideSecrets(proxyPassword);
});
