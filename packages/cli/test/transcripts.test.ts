import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { createFakeServers, oauth2Auth } from './fixtures/fake-servers.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';

const folder = join(tmpdir(), `bearings-${crypto.randomUUID()}`);

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('the transcript of the commands for tokens', async () => {
  const tokenStore = { file: join(folder, 'tokens.db'), keyRef: 'env:TOKEN_KEY' };
  const orders = { baseUrl: 'https://orders.internal', auth: oauth2Auth() };
  using servers = createFakeServers({ orders }, { tokenStore });
  const shown: string[] = [];
  for (const args of [
    ['auth', 'token', 'orders', '--json'],
    ['auth', 'token', 'orders', '--exec-credential'],
    ['auth', 'status', 'orders'],
    ['auth', 'clear'],
  ]) {
    const terminal = servers.terminal({ env: { TOKEN_KEY: Buffer.alloc(32, 7).toString('base64') } });
    const code = await run(args, terminal);
    shown.push(`$ bearings ${args.join(' ')}\n${terminal.err()}${terminal.out()}(exit code ${code})\n`);
  }

  const text = shown
    .join('\n')
    .replaceAll(/"token":"[^"]+"/g, '"token":"eyJ…"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-06T13:00:00Z');
  expect(text).not.toMatch(/eyJ\w/);
  await expect(text).toMatchFileSnapshot('golden/auth.txt');
});

test('the transcript of the commands that need no config', async () => {
  const shown: string[] = [];
  for (const args of [
    ['help', 'logout'],
    ['completion', 'fish'],
  ]) {
    const terminal = fakeTerminal();
    const code = await run(args, terminal);
    shown.push(`$ bearings ${args.join(' ')}\n${terminal.out()}(exit code ${code})\n`);
  }

  for (const [place, name] of ['help-logout', 'completion'].entries()) {
    await expect(shown[place]).toMatchFileSnapshot(`golden/${name}.txt`);
  }
});
