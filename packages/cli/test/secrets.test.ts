import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import { plantedSecret } from './fixtures/identity-provider.ts';
import { startRealServers, ordersConfig } from './fixtures/real-servers.ts';
import type { RealServers } from './fixtures/real-servers.ts';

const staticSecret = 'planted-static-secret-52aa07';

const withStatics = (at: { issuerUrl: string; apiUrl: string }): string =>
  ordersConfig(
    at,
    `  fixed: { baseUrl: ${at.apiUrl}, auth: { type: bearer, tokenRef: env:KEY } }
  person: { baseUrl: ${at.apiUrl}, auth: { type: basic, username: me, passwordRef: env:KEY } }
  stock: { baseUrl: ${at.apiUrl}, auth: { type: api_key, keyRef: env:KEY } }
`,
  );

let servers: RealServers;
beforeAll(async () => {
  const staticCredentials = [`Bearer ${staticSecret}`, `Basic ${btoa(`me:${staticSecret}`)}`, staticSecret];
  servers = await startRealServers({ config: withStatics, staticCredentials });
  await writeFile(
    join(servers.folder, 'literal.yaml'),
    withStatics({ issuerUrl: 'https://a.example', apiUrl: 'https://b.example' }).replaceAll('env:KEY', staticSecret),
  );
});
afterAll(() => servers[Symbol.asyncDispose]());

const tokens = new Set<string>();

/** The network, which notes each token that is given out. */
const recordTokens: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const [, token] = /"access_token":"([^"]+)"/.exec(await response.clone().text()) ?? [];
  if (token !== undefined) tokens.add(token);
  return response;
};

/** Every secret that takes part: those that are planted, and the tokens that were given out. */
function secretForms(): readonly string[] {
  const texts = [plantedSecret, staticSecret, 'planted-cookie', ...tokens];
  return texts.flatMap((text) => [
    text,
    encodeURIComponent(text),
    btoa(text),
    btoa(`billing:${text}`),
    btoa(`me:${text}`),
  ]);
}

const clients = ['orders', 'fixed', 'person', 'stock'];
const commands: readonly (readonly string[])[] = [
  ...clients.flatMap((client) => [
    ['call', client, 'v1/orders/42'],
    ['call', client, 'v1/orders/42', '-v', '-i'],
    ['call', client, 'v1/orders/42', '-v', '--debug'],
    ['call', client, 'v1/status/403', '-v'],
    ['call', client, '//evil.example/'],
    ['call', client, 'v1/orders', '-H', `authorization: Bearer ${staticSecret}`],
    ['explain', client],
    ['auth', 'status', client, '--debug'],
    ['doctor', client, '--debug'],
  ]),
  ['auth', 'status', '--json'],
  ['doctor', '--json'],
  ['doctor', '--config', 'literal.yaml'],
  ['call', 'orders', 'x', '--config', 'literal.yaml'],
  ['explain', 'orders', '--config', 'literal.yaml'],
];

test.each(commands)('no secret is printed by bearings %s %s %s %s %s', async (...args) => {
  const given = args.filter((word) => word !== undefined);
  for (const tty of [[], ['stdout', 'stderr']] as const) {
    const terminal = fakeTerminal({
      cwd: servers.folder,
      env: { ...servers.env, KEY: staticSecret },
      tty,
      fetch: recordTokens,
    });
    servers.api.answerNext(401); // so that what is rejected, rotated and replayed takes part

    await run(given, terminal);

    const printed = terminal.out() + terminal.err();
    expect(printed.length).toBeGreaterThan(0);
    for (const secret of secretForms()) expect(printed).not.toContain(secret);
  }
});

test('the planted secrets were sent', () => {
  const sent = servers.api.seen.flatMap(({ headers }) => [
    headers.authorization ?? '',
    String(headers['x-api-key'] ?? ''),
  ]);

  expect(sent.some((value) => tokens.has(value.replace('Bearer ', '')))).toBe(true);
  expect(sent).toContain(`Bearer ${staticSecret}`);
  expect(sent).toContain(`Basic ${btoa(`me:${staticSecret}`)}`);
  expect(sent).toContain(staticSecret);
});

test('no flag takes a secret', async () => {
  const terminal = fakeTerminal();
  for (const command of [
    [],
    ['call'],
    ['auth', 'status'],
    ['auth', 'token'],
    ['doctor'],
    ['explain'],
    ['init'],
    ['login'],
    ['logout'],
  ]) {
    await run([...command, '--help'], terminal);
  }

  const flags = [...terminal.out().matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);

  expect(flags.length).toBeGreaterThan(10);
  const references = ['--key']; // env:NAME or file:PATH
  const taking = flags.filter((flag) => !references.includes(flag ?? ''));
  expect(taking.filter((flag) => /secret|pass|token|key|user|auth/.test(flag ?? ''))).toEqual([]);
});
