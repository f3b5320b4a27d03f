import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
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
    'client me, authenticated by file:/not/here.pem (default method)',
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

test('shows the source of the credential, and the stages', async () => {
  await using servers = await startRealServers();

  await expect(await transcript(servers, ['explain', 'orders'])).toMatchFileSnapshot('../../golden/explain.txt');
});
