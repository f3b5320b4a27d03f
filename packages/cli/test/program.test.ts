import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import type { FakeTerminalOptions } from './fixtures/fake-terminal.ts';
import { startRealServers } from './fixtures/real-servers.ts';
import type { RealServers } from './fixtures/real-servers.ts';
import { transcript } from './fixtures/transcript.ts';

let servers: RealServers;
beforeAll(async () => {
  servers = await startRealServers();
});
afterAll(() => servers[Symbol.asyncDispose]());

async function bearings(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env, ...options });
  const code = await run(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

/** Files and packages that are loaded before a command runs; type imports are not loaded. */
function loadedModules(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, kind, target = ''] of source.matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)'/gm)) {
    if (kind !== undefined) continue;
    if (target.startsWith('.')) loadedModules(resolve(file, '..', target), seen);
    else seen.add(target);
  }
  return seen;
}

test('--help loads no package except commander', () => {
  const loaded = [...loadedModules(resolve('packages/cli/src/main.ts'))];

  expect(loaded.filter((name) => !existsSync(name) && !name.startsWith('node:'))).toEqual(['commander']);
  expect(loaded.some((name) => name.endsWith('/call.ts'))).toBe(false);
});

test('help names every command, flag and exit code', async () => {
  const shown: string[] = [];
  for (const args of [['--help'], ['call', '--help'], ['auth', 'token', '--help']]) {
    shown.push(await transcript(servers, args));
  }

  await expect(shown.join('\n')).toMatchFileSnapshot('golden/help.txt');
});

test('an error message says what is wrong and what to do next', async () => {
  await servers.write(
    'wrong.yaml',
    'clients:\n  orders:\n    baseURL: https://orders.internal\n    auth: { type: beerer }\n',
  );
  const commands = [
    ['call', 'ordrs', 'v1/orders/42'],
    ['call', 'orders', 'https://elsewhere.example/v1/orders'],
    ['call', 'orders', 'v1/orders', '-H', 'authorization: mine'],
    ['call', 'orders', 'v1/nothing'],
    ['cal', 'orders', 'v1/orders'],
    ['call', 'orders', 'v1/orders', '--verbos'],
    ['explain', 'orders', '--config', 'wrong.yaml'],
    ['auth', 'token', 'orders'],
    ['init'],
  ];
  const shown: string[] = [];
  for (const args of commands) shown.push(await transcript(servers, args));

  await expect(shown.join('\n')).toMatchFileSnapshot('golden/errors.txt');
});

test('in a terminal with colors, the code of an error is a link to its documentation', async () => {
  const call = ['call', 'orders', 'v1/orders/42'];
  const env = { ...servers.env, ORDERS_SECRET: 'a wrong secret' };

  const [linked, piped] = [await bearings(call, { env, tty: ['stderr'] }), await bearings(call, { env })];

  const address = 'https://bearings-dev.github.io/bearings/errors#TOKEN_HTTP';
  expect(linked.err).toContain(`(\u001b]8;;${address}\u0007TOKEN_HTTP\u001b]8;;\u0007)`);
  expect(piped.err).toContain('(TOKEN_HTTP)');
  expect(piped.err).not.toContain('\u001b');
});

test.each([
  ['a 2xx', ['call', 'orders', 'v1/orders/42'], 0],
  ['help', ['--help'], 0],
  ['the version', ['--version'], 0],
  ['doctor without a failure', ['doctor'], 0],
  ['no arguments', [], 2],
  ['an unknown command', ['cal'], 2],
  ['an unknown flag', ['call', 'orders', 'x', '--secret', 'y'], 2],
  ['a path with another origin', ['call', 'orders', '//evil.example'], 2],
  ['init without a terminal', ['init'], 2],
  ['a 404', ['call', 'orders', 'v1/nothing'], 4],
  ['a 501', ['call', 'orders', 'v1/status/501'], 5],
])('the exit code of %s: bearings %j exits with %d', async (_, args, code) => {
  expect((await bearings(args)).code).toBe(code);
});

test.each([
  ['auth token', ['auth', 'token', 'orders'], 3],
  ['auth status', ['auth', 'status', '--json'], 3],
  ['doctor', ['doctor'], 1],
])('with a wrong secret %s exits with %3$d and does not print the secret', async (_, args, code) => {
  const outcome = await bearings(args, { env: { ORDERS_SECRET: 'the-previous-secret' } });

  expect(outcome.code).toBe(code);
  expect(outcome.out + outcome.err).toContain('invalid_client');
  expect(outcome.out + outcome.err).not.toContain('the-previous-secret');
});

test.each([
  ['auth token', ['auth', 'token', 'orders'], 2],
  ['auth status', ['auth', 'status'], 2],
  ['doctor', ['doctor'], 1],
])('with a secret that is not set %s exits with %3$d and names the variable', async (_, args, expected) => {
  const { code, out, err } = await bearings(args, { env: {} });

  expect(code).toBe(expected);
  expect(out + err).toContain('names the environment variable ORDERS_SECRET, which is not set');
});

test('--json of doctor and auth status prints JSON and nothing else', async () => {
  const report = await bearings(['doctor', '--json', 'orders']);
  const status = await bearings(['auth', 'status', '--json']);

  expect([report.err, status.err]).toEqual(['', '']);
  expect(JSON.parse(report.out)).toMatchObject({ ok: true });
  expect(JSON.parse(status.out)).toMatchObject({ credentials: [{ state: 'fresh' }] });
});

test('output has colors on a terminal, and none in a pipe or with NO_COLOR', async () => {
  const commands = [['doctor'], ['auth', 'status'], ['call', 'orders', 'v1/nothing']];
  const tty = ['stdout', 'stderr'] as const;
  for (const args of commands) {
    const onTerminal = await bearings(args, { tty });
    const inPipe = await bearings(args);
    const withoutColor = await bearings(args, { tty, env: { ...servers.env, NO_COLOR: '1' } });

    expect(onTerminal.out + onTerminal.err).toContain('\u001b[3');
    expect(inPipe.out + inPipe.err).not.toContain('\u001b');
    expect(withoutColor.out + withoutColor.err).not.toContain('\u001b');
  }
});

test('a failed call does not wait for the end of stdin', async () => {
  const input = new PassThrough();
  input.write('a beginning without an end');

  const { code } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], {
    env: { ORDERS_SECRET: 'wrong-secret' },
    input,
  });

  expect(code).toBe(3);
  expect(input.destroyed).toBe(true);
});

test('a full file is a failure', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'this machine has no /dev/full');

  const { code, err } = await bearings(['call', 'orders', `v1/long/${1024 * 1024}`, '-o', '/dev/full']);

  expect(code).toBe(1);
  expect(err).toContain('ENOSPC');
  expect(err).not.toContain('    at ');
});
