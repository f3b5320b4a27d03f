import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import type { FakeTerminalOptions } from '../../fixtures/fake-terminal.ts';

const config = {
  clients: {
    orders: {
      baseUrl: 'https://orders.internal',
      auth: {
        type: 'oauth2_client_credentials',
        issuerUrl: 'https://id.internal',
        clientId: 'billing',
        clientSecretRef: 'env:ORDERS_SECRET',
        scopes: ['orders.read'],
      },
    },
    mail: {
      baseUrl: 'https://mail.example',
      profile: 'infra',
      auth: { type: 'api_key', keyRef: 'env:MAIL_KEY' },
    },
    open: { baseUrl: 'https://open.example', auth: { type: 'none' } },
  },
};

async function bearings(args: readonly string[], options: FakeTerminalOptions = {}) {
  using folder = configFolder(config);
  const terminal = fakeTerminal({ cwd: folder.path, fetch: () => Promise.reject(new Error('used')), ...options });
  const code = await run(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

test('clients lists the clients of the config, without network and secrets', async () => {
  const { code, out, err } = await bearings(['clients']);

  expect([code, err]).toEqual([0, '']);
  await expect(`$ bearings clients\n${out}`).toMatchFileSnapshot('../../golden/clients.txt');
});

test('clients --json is one line in a pipe, and indented on a terminal', async () => {
  const piped = await bearings(['clients', '--json']);
  const shown = await bearings(['clients', '--json'], { tty: ['stdout'] });

  expect(piped.out.match(/\n/g)).toHaveLength(1);
  expect(JSON.parse(shown.out)).toEqual(JSON.parse(piped.out));
  await expect(`$ bearings clients --json\n${shown.out}`).toMatchFileSnapshot('../../golden/clients-json.txt');
});

test('explain --json has the stages and their settings', async () => {
  const { code, out } = await bearings(['explain', 'orders', '--json']);

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    name: 'orders',
    auth: { type: 'oauth2_client_credentials', from: 'https://id.internal', clientId: 'billing' },
    stages: expect.arrayContaining([
      { slot: 'retry', name: 'retry', settings: expect.objectContaining({ limit: 2 }) },
      { slot: 'auth', name: 'bearer', settings: expect.objectContaining({ header: 'authorization' }) },
      { slot: 'transport', name: 'fetch', settings: {} },
    ]),
  });
});

test('explain --json of an unknown client fails like explain', async () => {
  expect(await bearings(['explain', 'order', '--json'])).toMatchObject({
    code: 2,
    out: '',
    err: 'bearings: the config has no client order: did you mean orders?\n',
  });
});
