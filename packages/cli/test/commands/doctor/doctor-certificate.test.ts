import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  authority,
  issue,
  otherAuthority,
  startApi,
  startProvider,
} from '../../../../oauth-bearer/test/mtls/mtls-servers.ts';
import { run } from '../../../src/program.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';

const client = {
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_san_dns: 'orders.test',
  tls_client_certificate_bound_access_tokens: true,
} as const;

interface Place {
  readonly issuerUrl: string;
  readonly apiUrl: string;
  readonly by?: typeof authority;
}

/** What the doctor prints about a client with a certificate, and its exit code. */
async function examine({ issuerUrl, apiUrl, by = authority }: Place) {
  const { cert, key } = await issue('orders.test', { by });
  const method = 'clientAuthMethod: tls_client_auth, certificateBoundTokens: true';
  const server = `type: oauth2_client_credentials, issuerUrl: '${issuerUrl}', clientId: orders, resource: 'https://orders.test/'`;
  using folder = configFolder(
    `network: { caFile: ca.pem, certFile: tls.crt, keyFile: tls.key }\nclients: { orders: { baseUrl: '${apiUrl}', auth: { ${server}, ${method} } } }`,
  );
  const files = { 'ca.pem': authority.cert, 'tls.crt': cert, 'tls.key': key };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text, { mode: 0o600 });
  const terminal = fakeTerminal({ cwd: folder.path, env: {} });
  const code = await run(['doctor'], terminal);
  return { code, report: terminal.out() };
}

test('a client with a certificate gets its token from a server over TLS, and the API accepts it', async () => {
  await using provider = await startProvider(client);
  await using api = await startApi(provider);

  const { code, report } = await examine({ issuerUrl: provider.url, apiUrl: api.url });

  expect(report).toContain('not needed: the client authenticates by the certificate of network');
  expect(report).toContain('tls_client_auth, supported by the server');
  expect(report).not.toContain('Stronger');
  expect(provider.requests).toMatchObject([{ isAlias: true, status: 200 }]);
  expect(api.seen.map(([status]) => status)).toEqual([401, 200]); // without a token, and with it
  expect(code, report).toBe(0);
});

test('a certificate of an authority that the server does not know fails the check token', async () => {
  await using provider = await startProvider(client);
  await using api = await startApi(provider);

  const { code, report } = await examine({ issuerUrl: provider.url, apiUrl: api.url, by: otherAuthority });

  expect(report).toMatch(/✗ token .*invalid_client/);
  expect(code).toBe(1);
});

test('what the endpoint for client certificates answers is in the report', async () => {
  const server = createServer(await issue('127.0.0.1'), (_, response) =>
    response
      .writeHead(401, { 'x-request-id': '7f3a', 'content-type': 'application/json' })
      .end('{"error":"invalid_client"}'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const alias = `https://127.0.0.1:${port}/token`;
  await using provider = await startProvider(client, {
    discovery: { mtls_endpoint_aliases: { token_endpoint: alias } },
  });

  const { report } = await examine({ issuerUrl: provider.url, apiUrl: 'https://127.0.0.1:1' });

  expect(report).toContain('x-request-id: 7f3a');
});
