import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { combineFetch, fakeApi } from '@bearings/testing';
import { expect, test } from 'vitest';
import { init } from '../../../src/commands/init/init.ts';
import { createLoginSetup } from '../../fixtures/login-setup.ts';
import { scriptPrompts } from '../../fixtures/script-prompts.ts';

const answers = [
  'orders',
  'https://orders.internal',
  'oauth2_authorization_code',
  'https://id.internal',
  'orders-cli',
  false, // no secret
  'openid orders.read',
];

test("init asks for the login of a person, logs in, and sends a first call with the person's token", async () => {
  using setup = createLoginSetup();
  const terminal = setup.terminal({ tty: ['stdin', 'stderr'], env: { BEARINGS_CONTEXT: 'prod' } });
  const { prompts, log } = scriptPrompts([...answers, false, true, 'me']);

  const code = await init(terminal, { file: 'new.yaml', prompts });

  const text = await readFile(join(terminal.cwd, 'new.yaml'), 'utf8');
  expect(code).toBe(0);
  expect(text).toContain('type: oauth2_authorization_code');
  expect(terminal.out()).toContain('Logged in to orders at https://id.internal');
  expect(log).toContain('  the client needs the redirect URI http://127.0.0.1/callback/bearings, with any port');
  expect(log.find((line) => line.includes('GET /me answered'))).toBeDefined();
  expect(setup.api.requests.at(-1)?.header('authorization')).toMatch(/^Bearer /);
});

test('the API names its authorization server and scopes, which init proposes', async () => {
  using setup = createLoginSetup();
  const { issuer, clock } = setup;
  const api = fakeApi(issuer, undefined, { origin: 'https://orders.internal', clock, resourcePath: '/' });
  const fetch = combineFetch(issuer, api);
  const { prompts, log } = scriptPrompts([...answers.with(3, ''), false, false]);

  await init(setup.terminal({ tty: ['stdin', 'stderr'], fetch }), { file: 'new.yaml', prompts });

  expect(log).toContain('  ✓ it names its authorization server: https://id.internal');
});

test('a login that is refused is reported, and the config is written', async () => {
  using setup = createLoginSetup();
  const terminal = setup.terminal({ tty: ['stdin', 'stderr'], hasNoKeyring: true });
  const { prompts, log } = scriptPrompts([...answers, false, true]);

  expect(await init(terminal, { file: 'new.yaml', prompts })).toBe(0);

  expect(log.find((line) => line.startsWith('  ✗ '))).toContain('--key');
  expect(await readFile(join(terminal.cwd, 'new.yaml'), 'utf8')).toContain('orders-cli');
});
