import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctor } from '../src/commands/doctor/doctor.ts';
import { systemProbes } from '../src/commands/doctor/probes.ts';
import { systemClock } from '@bearings/client';
import { startApi } from './fixtures/api.ts';
import type { Api } from './fixtures/api.ts';
import { ordersConfig, patients } from './fixtures/broken-set-ups.ts';
import type { SetUp } from './fixtures/broken-set-ups.ts';
import { configFolder } from './fixtures/config-folder.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import { plantedSecret, startIdentityProvider } from './fixtures/identity-provider.ts';
import type { IdentityProvider } from './fixtures/identity-provider.ts';

let provider: IdentityProvider;
let api: Api;
beforeAll(async () => {
  provider = await startIdentityProvider();
  api = await startApi(provider);
});
afterAll(async () => {
  await api.close();
  await provider.close();
});

/** What a doctor says of a set-up, with ports and folders that are the same each time. */
async function visit({ config, env = {}, files = {}, probes = {}, origins = {} }: SetUp) {
  using folder = configFolder(config, files);
  const terminal = fakeTerminal({ cwd: folder.path, env: { ORDERS_SECRET: plantedSecret, ...env } });

  const exitCode = await doctor(terminal, {}, { ...systemProbes(systemClock), ...probes });

  const ports = { 4000: provider.issuerUrl, 5000: api.url, ...origins };
  const named = Object.entries(ports).reduce(
    (text, [port, origin]) => text.replaceAll(`:${new URL(origin).port}`, `:${port}`),
    terminal.out().replaceAll(folder.path, '/srv/app'),
  );
  return { exitCode, report: named, err: terminal.err() };
}

test('where all is well, doctor says so', async () => {
  const { exitCode, report } = await visit({ config: ordersConfig({ provider, api }) });

  expect(exitCode).toBe(0);
  expect(report).not.toMatch(/[✗!]/);
  await expect(report).toMatchFileSnapshot('golden/doctor-all-is-well.txt');
});

test.each(patients)('doctor finds what is wrong: $name', async ({ name, setUp, failing, exitCode }) => {
  await using later = new AsyncDisposableStack();

  const visited = await visit(await setUp({ provider, api, later }));

  const [first] = /(?<=^ {2}✗ )\S+(?: auth)?/m.exec(visited.report) ?? [];
  expect({ first, exitCode: visited.exitCode, err: visited.err }).toEqual({ first: failing, exitCode, err: '' });
  expect(visited.report).not.toContain(plantedSecret);
  await expect(visited.report).toMatchFileSnapshot(`golden/doctor-${name}.txt`);
});
