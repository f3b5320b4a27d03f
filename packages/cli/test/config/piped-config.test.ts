import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/program.ts';
import { fakeTerminal } from '../fixtures/fake-terminal.ts';

const config = JSON.stringify({
  clients: { orders: { baseUrl: 'https://orders.internal', auth: { type: 'bearer', tokenRef: 'file:token' } } },
});

function folderWithToken(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'secret', { mode: 0o600 });
  return folder;
}

test('a config is read from stdin, and the files that it names are those of the working folder', async () => {
  const terminal = fakeTerminal({ cwd: folderWithToken(), input: config });

  const code = await run(['--config', '-', 'auth', 'status'], terminal);

  expect({ code, err: terminal.err() }).toEqual({ code: 0, err: '' });
  expect(terminal.out()).toContain('orders');
});

test('a config is read from a pipe, as a shell makes one for the output of a command', async () => {
  const cwd = folderWithToken();
  const pipe = join(cwd, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', `cat > '${pipe}'`], { stdio: ['pipe', 'ignore', 'ignore'] });
  writer.stdin.end(config);
  const terminal = fakeTerminal({ cwd });

  const code = await run(['--config', pipe, 'clients'], terminal);

  expect({ code, err: terminal.err() }).toEqual({ code: 0, err: '' });
  expect(terminal.out()).toContain('orders');
});

test.each([
  ['', 'the config from stdin is empty: did the command before it fail?'],
  ['x'.repeat(1_100_000), 'the config from stdin is larger than 1 MiB'],
  ['clients: {orders: 1}', '- has a problem'],
])('a config from stdin that is wrong is named (%#)', async (input, message) => {
  const terminal = fakeTerminal({ cwd: folderWithToken(), input });

  const code = await run(['--config', '-', 'clients'], terminal);

  expect(code).toBe(2);
  expect(terminal.err()).toContain(message);
});

test.each<[readonly string[], Readonly<Record<string, string>>, string]>([
  [['--config', '-', 'call', 'orders', 'v1', '-d', '@-'], {}, '--config and -d'],
  [['--config', '/dev/stdin', 'call', 'orders', 'v1', '-d', '@-'], {}, '--config and -d'],
  [['call', 'orders', 'v1', '-d', '@/dev/fd/0'], { BEARINGS_CONFIG: '-' }, 'BEARINGS_CONFIG and -d'],
  [['call', 'orders', 'v1', '-d', '@-', '--key', 'file:/dev/stdin'], {}, '--key and -d'],
  [['--config', '-', '--key', 'file:/dev/stdin', 'auth', 'status'], {}, '--config and --key'],
  [
    ['auth', 'status'],
    { BEARINGS_CONFIG: '-', BEARINGS_KEY: 'file:/proc/self/fd/0' },
    'BEARINGS_CONFIG and BEARINGS_KEY',
  ],
])('stdin can be read once: %j with %j is refused before anything is read', async (args, env, flags) => {
  const terminal = fakeTerminal({ cwd: folderWithToken(), input: config, env });

  const code = await run(args, terminal);

  expect(code).toBe(2);
  expect(terminal.err()).toBe(`bearings: ${flags} both read stdin: name a file in one of them\n`);
  expect(terminal.stdin.stream.readableDidRead).toBe(false);
});
