import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const serve = fileURLToPath(new URL('../src/serve.ts', import.meta.url));
const bearings = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

/** Collects the output of a process. */
function collectOutput(child: ChildProcess): { text: string } {
  const output = { text: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => void (output.text += text));
  return output;
}

test('serve runs until ctrl-C, works with the command bearings, and deletes its files', async () => {
  const servers = spawn(process.execPath, [serve], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void servers.kill('SIGKILL'));
  const output = collectOutput(servers);
  await expect.poll(() => output.text, { timeout: 20_000 }).toContain('auth status --watch');
  const [, config = ''] = /export BEARINGS_CONFIG=(\S+)/.exec(output.text) ?? [];

  const call = spawn(process.execPath, [bearings, 'call', 'orders', 'v1/orders/42', '--config', config]);
  const answer = collectOutput(call);
  const [exitCode] = (await once(call, 'close')) as [number];
  servers.kill('SIGINT');
  const [serversExit] = (await once(servers, 'close')) as [number];

  expect([exitCode, answer.text]).toEqual([0, '{"id":"42","total":99.5}']);
  expect([serversExit, existsSync(config)]).toEqual([0, false]);
});
