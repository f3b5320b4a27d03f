import { join } from 'node:path';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import type { Desktop } from '../../../src/terminal/desktop.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import type { FakeTerminal } from '../../fixtures/fake-terminal.ts';
import { shown } from '../../fixtures/login-setup.ts';
import { signIn, startLoginServers } from '../../fixtures/login-servers.ts';
import type { LoginServers } from '../../fixtures/login-servers.ts';
import { until } from '../../fixtures/until.ts';

/** Terminals of one person, in whose browser alice signs in. */
function createPerson(servers: LoginServers, browserObstacle?: string) {
  const clock = virtualClock({ startAt: Date.now() });
  const keys: string[] = [];
  const keyring = { read: async () => keys[0], write: async (key: string) => void keys.push(key) };
  const openBrowser = async (url: string): Promise<void> => void signIn(servers.browser, url);
  const desktop: Desktop = { browserObstacle, openBrowser, keyring };
  const env = { XDG_STATE_HOME: join(servers.folder, 'state') };
  const open = (): FakeTerminal => fakeTerminal({ cwd: servers.folder, env, clock, random: () => 0.5, desktop });
  return { clock, open };
}

/** A command line, then its output to stderr and stdout, then the exit code. */
async function transcribe(terminal: FakeTerminal, args: readonly string[], code: Promise<number>): Promise<string> {
  const exitCode = await code;
  const out = terminal.out().replace(/([^\n])$/, '$1\n');
  return `$ bearings ${args.join(' ')}\n${terminal.err()}${out}(exit code ${exitCode})\n`;
}

test('a login in the browser, at oidc-provider', async () => {
  await using servers = await startLoginServers();
  const person = createPerson(servers);
  const parts: string[] = [];

  for (const args of [
    ['login', 'orders'],
    ['call', 'orders', 'v1/orders/42'],
    ['logout', 'orders'],
  ]) {
    const terminal = person.open();
    parts.push(await transcribe(terminal, args, run(args, terminal)));
  }

  await expect(servers.normalize(parts.join('\n'))).toMatchFileSnapshot('../../golden/login-browser.txt');
});

test('a login over SSH with a code on another device, at oidc-provider', async () => {
  await using servers = await startLoginServers();
  const { clock, open } = createPerson(servers, 'over SSH');
  const terminal = open();

  const code = run(['login', 'orders'], terminal);
  await signIn(servers.browser, await shown(terminal, /or open\n {2}(\S+)\n/));
  await until(() => clock.pending > 0);
  await clock.advance(5_000);
  const shownText = await transcribe(terminal, ['login', 'orders'], code);

  await expect(servers.normalize(shownText)).toMatchFileSnapshot('../../golden/login-device.txt');
});
