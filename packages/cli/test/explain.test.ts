import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import { openWorkplace, ordersConfig } from './fixtures/workplace.ts';

test('a picture needs no network and no secret', async () => {
  await using place = await openWorkplace();
  const without = fakeTerminal({ cwd: place.folder, env: {}, fetch: () => Promise.reject(new Error('used')) });
  const withSecret = fakeTerminal({ cwd: place.folder, env: place.env });

  const codes = [await run(['explain', 'orders'], without), await run(['explain', 'orders'], withSecret)];

  expect(codes).toEqual([0, 0]);
  expect(without.out()).toBe(withSecret.out());
  expect(without.out()).toContain('proved by env:ORDERS_SECRET');
});

test('what else is wrong with the config is told all the same', async () => {
  await using place = await openWorkplace();
  const config = ordersConfig({ issuerUrl: place.provider.issuerUrl, apiUrl: place.api.url }, '    timeoutMs: soon\n');
  await writeFile(join(place.folder, 'bearings.yaml'), config);
  const terminal = fakeTerminal({ cwd: place.folder, env: {} });

  const code = await run(['explain', 'orders'], terminal);

  expect(code).toBe(2);
  expect(terminal.err()).toContain('clients.orders.timeoutMs is text');
});

test.each([
  ['{ type: bearer, tokenRef: env:KEY }', 'bearer token from env:KEY', 'header authorization'],
  ['{ type: basic, username: me, passwordRef: env:KEY }', 'user me, password from env:KEY', 'header authorization'],
  ['{ type: api_key, keyRef: env:KEY }', 'key from env:KEY, in the header x-api-key', 'header x-api-key'],
  ['{ type: none }', 'no credential', 'transport'],
  [
    '{ type: oauth2_client_credentials, tokenUrl: https://id.example/t, clientId: me, privateKeyRef: file:/not/here.pem }',
    'client me, proved by file:/not/here.pem (method by default)',
    'header authorization',
  ],
])('each kind of credential has its words: %s', async (auth, words, layer) => {
  await using place = await openWorkplace({
    config: ({ apiUrl }) => `clients:\n  stock: { baseUrl: ${apiUrl}, auth: ${auth} }\n`,
  });
  const terminal = fakeTerminal({ cwd: place.folder, env: {} });

  expect(await run(['explain', 'stock'], terminal)).toBe(0);

  expect(terminal.out()).toContain(`\n${words}\n`);
  expect(terminal.out()).toContain(layer);
});
