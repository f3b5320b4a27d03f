import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { init } from '../../../src/commands/init/init.ts';
import { plantedSecret } from '../../fixtures/identity-provider.ts';
import { createLoginSetup } from '../../fixtures/login-setup.ts';
import { scriptPrompts } from '../../fixtures/script-prompts.ts';

const clients = [{ clientId: 'billing', clientSecret: plantedSecret, scopes: ['orders.read'] }] as const;

const answers = [
  'orders',
  'https://orders.internal',
  'oauth2_client_credentials',
  'issuerUrl',
  'https://id.internal',
  'billing',
  'default',
  'env',
  'ORDERS_SECRET',
];

async function answerAll(given: readonly (string | boolean)[], wrap = (fetch: typeof globalThis.fetch) => fetch) {
  using setup = createLoginSetup({ clients });
  const plain = setup.terminal();
  const terminal = setup.terminal({
    tty: ['stdin', 'stderr'],
    env: { ORDERS_SECRET: plantedSecret },
    fetch: wrap(plain.fetch),
  });
  const { prompts, log } = scriptPrompts([...answers, ...given]);
  const code = await init(terminal, { file: 'new.yaml', prompts });
  const text = await readFile(join(terminal.cwd, 'new.yaml'), 'utf8');
  expect(code).toBe(0);
  expect(`${log.join()}${text}${terminal.out()}${terminal.err()}`).not.toContain(plantedSecret);
  return { log, text };
}

test('scopes that the server refuses are asked again', async () => {
  const { log, text } = await answerAll(['orders.admin', true, 'orders.read', 'me', false]);

  expect(log.find((line) => line.startsWith('  ✗ '))).toContain('invalid_scope');
  expect(text).toMatch(/- orders\.read\n$/);
  expect(text).not.toContain('orders.admin');
});

test('a client that authenticates by another method than the server prefers is found out', async () => {
  const refuseBasic =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    async (input, init_) => {
      const request = new Request(input, init_);
      return request.headers.get('authorization')?.startsWith('Basic ') === true
        ? Response.json({ error: 'invalid_client' }, { status: 401 })
        : fetch(request);
    };

  const { log, text } = await answerAll(['orders.read', true, true, 'me', false], refuseBasic);

  expect(log).toContain('? Try the same secret by client_secret_post?');
  expect(text).toContain('clientAuthMethod: client_secret_post');
});

test('scopes that are not granted can be removed', async () => {
  const grantLess =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    async (input, init_) => {
      const request = new Request(input, init_);
      const response = await fetch(request);
      if (!request.url.endsWith('/token')) return response;
      const token: object = JSON.parse(await response.text());
      return Response.json({ ...token, scope: 'openid' });
    };

  const { log, text } = await answerAll(['orders.read', true, true, 'me', false, false], grantLess);

  expect(log).toContain('  ! not granted: orders.read');
  expect(text).not.toContain('- orders.read');
});
