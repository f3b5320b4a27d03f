import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@bearings/config';
import { expect, test } from 'vitest';
import { init } from '../../../src/commands/init/init.ts';
import { run } from '../../../src/program.ts';
import { plantedSecret } from '../../fixtures/identity-provider.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import { scriptPrompts } from '../../fixtures/script-prompts.ts';
import { startRealServers } from '../../fixtures/real-servers.ts';
import type { RealServers } from '../../fixtures/real-servers.ts';

const interactiveTerminal = (servers: RealServers, env: Readonly<Record<string, string>> = servers.env) =>
  fakeTerminal({ cwd: servers.folder, env, tty: ['stdin', 'stdout', 'stderr'] });

const oauth2 = (servers: RealServers): readonly (string | boolean)[] => [
  'orders',
  servers.api.url,
  'oauth2_client_credentials',
  'issuerUrl',
  servers.provider.issuerUrl,
  'billing',
  'client_secret_basic',
  'env',
  'ORDERS_SECRET',
  'orders.read orders.write',
];

/** Yes, try it, with this path. */
const tryIt = [true, 'v1/orders/1'] as const;

test('the answers become a valid config, with comments and no secret', async () => {
  await using servers = await startRealServers();
  const { prompts, log } = scriptPrompts([...oauth2(servers), ...tryIt, false]);

  const code = await init(interactiveTerminal(servers), { file: 'new.yaml', prompts });

  const text = await readFile(join(servers.folder, 'new.yaml'), 'utf8');
  const loaded = await loadConfig(join(servers.folder, 'new.yaml'), { env: servers.env });
  expect(code).toBe(0);
  expect(loaded.isOk()).toBe(true);
  expect(text).not.toContain(plantedSecret);
  expect(log).toContain(`  ✓ the token endpoint is ${servers.provider.issuerUrl}/token`);
  expect(log).toContain('  ✓ it exists');
  await expect(servers.normalize(text)).toMatchFileSnapshot('../../golden/init.yaml');
  const used = fakeTerminal({ cwd: servers.folder, env: servers.env });
  expect(await run(['call', 'orders', 'v1/orders/1', '--config', 'new.yaml'], used)).toBe(0);
});

test('an invalid answer is rejected with the reason, and asked again', async () => {
  await using servers = await startRealServers();
  const [, , ...rest] = oauth2(servers);
  const { prompts, log } = scriptPrompts([
    'my orders',
    'close',
    'orders',
    'orders.internal',
    'http://orders.internal',
    servers.api.url,
    ...rest,
    false,
    false,
  ]);

  expect(await init(interactiveTerminal(servers), { file: 'new.yaml', prompts })).toBe(0);

  expect(log.filter((line) => line.startsWith('rejected'))).toEqual([
    'rejected my orders: must be letters, digits and single dashes, with a letter first',
    'rejected close: choose another name: clients.close and clients.then have another meaning',
    'rejected orders.internal: must be one, such as https://orders.internal',
    'rejected http://orders.internal: must be https; insecureHttp: true allows http',
  ]);
});

test('an issuer without metadata can be corrected', async () => {
  await using servers = await startRealServers();
  const [name = '', url = '', type = '', kind = '', issuer = '', ...rest] = oauth2(servers);
  const wrong = `${servers.provider.issuerUrl}/realms/nowhere`;
  const { prompts, log } = scriptPrompts([name, url, type, kind, wrong, false, issuer, ...rest, false, false]);

  expect(await init(interactiveTerminal(servers), { file: 'new.yaml', prompts })).toBe(0);

  expect(log.some((line) => line.startsWith('  ✗ ') && line.includes('404'))).toBe(true);
  expect(await readFile(join(servers.folder, 'new.yaml'), 'utf8')).not.toContain('nowhere');
});

test('a missing secret is reported, and the config is written', async () => {
  await using servers = await startRealServers();
  const { prompts, log } = scriptPrompts([...oauth2(servers), false]);

  expect(await init(interactiveTerminal(servers, {}), { file: 'new.yaml', prompts })).toBe(0);

  expect(log.find((line) => line.startsWith('  ! '))).toMatch(
    /names the environment variable ORDERS_SECRET, which is not set/,
  );
});

test('writes several clients with static credentials into one config', async () => {
  await using servers = await startRealServers();
  const stock = ['stock', servers.api.url, 'api_key', '', 'file', 'key.txt', true, '', false, true];
  const person = ['person', servers.api.url, 'basic', 'me', 'env', 'PASSWORD', false, true];
  const open = ['stock', 'open', servers.api.url, 'none', false, false];
  const { prompts, log } = scriptPrompts([...stock, ...person, ...open]);
  await servers.write('key.txt', 'a-static-key\n');

  expect(await init(interactiveTerminal(servers, { PASSWORD: 'x-x-x-x' }), { file: 'new.yaml', prompts })).toBe(0);

  expect(log).toContain('rejected stock: another client has this name');
  const loaded = await loadConfig(join(servers.folder, 'new.yaml'), { env: { PASSWORD: 'x-x-x-x' } });
  expect(Object.keys(loaded.unwrap().clients)).toEqual(['stock', 'person', 'open']);
});

test('an existing file is kept unless the user confirms', async () => {
  await using servers = await startRealServers();
  const before = await readFile(join(servers.folder, 'bearings.yaml'), 'utf8');
  const kept = scriptPrompts([false]);
  const replaced = scriptPrompts([true, ...oauth2(servers), false, false]);

  expect(await init(interactiveTerminal(servers), { file: 'bearings.yaml', prompts: kept.prompts })).toBe(0);
  expect(await readFile(join(servers.folder, 'bearings.yaml'), 'utf8')).toBe(before);
  expect(kept.log).toContain('Nothing was written.');

  expect(await init(interactiveTerminal(servers), { file: 'bearings.yaml', prompts: replaced.prompts })).toBe(0);
  expect(await readFile(join(servers.folder, 'bearings.yaml'), 'utf8')).not.toBe(before);
});

test('without a terminal it prints a config to write by hand', async () => {
  const terminal = fakeTerminal({ cwd: '/dev' });

  expect(await run(['init'], terminal)).toBe(2);
  expect(terminal.err()).toContain('clientSecretRef: env:ORDERS_SECRET');
});

test('init finds out what the server supports, acquires a token, and sends a first call', async () => {
  await using servers = await startRealServers();
  const { prompts, log } = scriptPrompts([...oauth2(servers), ...tryIt, false]);

  await init(interactiveTerminal(servers), { file: 'new.yaml', prompts });

  expect(servers.api.seen).toMatchObject([
    { path: '/', tokenId: undefined },
    { path: '/.well-known/oauth-protected-resource', tokenId: undefined },
    { method: 'GET', path: '/v1/orders/1', tokenId: expect.any(String) },
  ]);
  await expect(servers.normalize(`${log.join('\n')}\n`)).toMatchFileSnapshot('../../golden/init.txt');
});

test('a secret that the server refuses is asked again', async () => {
  await using servers = await startRealServers();
  const all = oauth2(servers);
  const right = all.slice(2);
  const wrong = right.map((answer) => (answer === 'ORDERS_SECRET' ? 'WRONG' : answer));
  const { prompts } = scriptPrompts([...all.slice(0, 2), ...wrong, true, false, true, ...right, ...tryIt, false]);
  const env = { ...servers.env, WRONG: 'the-previous-secret' };

  expect(await init(interactiveTerminal(servers, env), { file: 'new.yaml', prompts })).toBe(0);

  const text = await readFile(join(servers.folder, 'new.yaml'), 'utf8');
  expect(text).toContain('env:ORDERS_SECRET');
  expect(text).not.toContain('WRONG');
});

test('an API that rejects the token is reported, and the answers can be kept', async () => {
  await using servers = await startRealServers({ registration: { resource: 'https://other.internal' } });
  const { prompts, log } = scriptPrompts([...oauth2(servers), ...tryIt, false, false]);

  expect(await init(interactiveTerminal(servers), { file: 'new.yaml', prompts })).toBe(0);

  expect(log).toContain(
    '  ! GET /v1/orders/1 answered 401 Unauthorized: the API rejects the credential (audience, or another authorization server)',
  );
  expect(log).toContain('? Answer the questions about the credential again?');
});

test('an API that does not answer does not stop init', async () => {
  await using servers = await startRealServers();
  const answers = oauth2(servers);
  await servers.api.close();
  const { prompts, log } = scriptPrompts([...answers, ...tryIt, false]);

  expect(await init(interactiveTerminal(servers), { file: 'new.yaml', prompts })).toBe(0);

  expect(log.some((line) => line.startsWith('  ! it does not answer'))).toBe(true);
  expect(log.some((line) => line.startsWith('  ✗ GET'))).toBe(true);
});

test('a path that leads elsewhere is rejected as in call, and nothing is sent there', async () => {
  await using servers = await startRealServers();
  const { prompts, log } = scriptPrompts([...oauth2(servers), true, 'https://evil.example/', 'v1/orders/1', false]);

  await init(interactiveTerminal(servers), { file: 'new.yaml', prompts });

  expect(log.find((line) => line.startsWith('rejected'))).toContain('the path leads to https://evil.example');
});
