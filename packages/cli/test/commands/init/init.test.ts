import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@bearings/config';
import { expect, test } from 'vitest';
import type { Prompts } from '../../../src/commands/init/prompts.ts';
import { init } from '../../../src/commands/init/init.ts';
import { run } from '../../../src/program.ts';
import { plantedSecret } from '../../fixtures/identity-provider.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import { startRealServers } from '../../fixtures/real-servers.ts';
import type { RealServers } from '../../fixtures/real-servers.ts';

/** Prompts that answer from a list, and log what was asked, rejected and printed. */
function scriptPrompts(answers: readonly (string | boolean)[]): { prompts: Prompts; log: string[] } {
  const left = [...answers];
  const log: string[] = [];
  const next = (message: string): string | boolean => {
    const answer = left.shift();
    if (answer === undefined) throw new Error(`No answer left for: ${message}`);
    log.push(`? ${message}`);
    return answer;
  };
  const prompts: Prompts = {
    async text({ message, initial = '', check }) {
      for (;;) {
        const given = String(next(message));
        const answer = given === '' ? initial : given;
        const problem = check?.(answer);
        if (problem === undefined) return answer;
        log.push(`rejected ${answer}: ${problem}`);
      }
    },
    async choice<T extends string>({ message, choices }: { message: string; choices: readonly { value: T }[] }) {
      const answer = next(message);
      const [chosen] = choices.filter(({ value }) => value === answer);
      if (chosen === undefined) throw new Error(`${message} does not offer ${answer}`);
      return chosen.value;
    },
    confirm: async (message) => next(message) === true,
    print: async (line) => void log.push(line),
  };
  return { prompts, log };
}

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

test('the answers become a valid config, with comments and no secret', async () => {
  await using servers = await startRealServers();
  const { prompts, log } = scriptPrompts([...oauth2(servers), false]);

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
  const { prompts, log } = scriptPrompts([name, url, type, kind, wrong, false, issuer, ...rest, false]);

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
  const stock = ['stock', servers.api.url, 'api_key', '', 'file', 'key.txt', true];
  const person = ['person', servers.api.url, 'basic', 'me', 'env', 'PASSWORD', true];
  const open = ['stock', 'open', servers.api.url, 'none', false];
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
  const replaced = scriptPrompts([true, ...oauth2(servers), false]);

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
