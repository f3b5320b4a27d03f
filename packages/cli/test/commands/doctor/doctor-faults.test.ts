import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctor } from '../../../src/commands/doctor/doctor.ts';
import { createProbes } from '../../../src/commands/doctor/probes.ts';
import { systemClock } from '@bearings/client';
import { startApi } from '../../fixtures/api.ts';
import type { Api } from '../../fixtures/api.ts';
import { ordersConfig, faultySetups } from '../../fixtures/faulty-setups.ts';
import type { Setup } from '../../fixtures/faulty-setups.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import { plantedSecret, startIdentityProvider } from '../../fixtures/identity-provider.ts';
import type { IdentityProvider } from '../../fixtures/identity-provider.ts';

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

/** The doctor's report on a setup, with fixed ports and folders. */
async function runDoctor({ config, env = {}, files = {}, probes = {}, origins = {} }: Setup) {
  using folder = configFolder(config, files);
  const terminal = fakeTerminal({ cwd: folder.path, env: { ORDERS_SECRET: plantedSecret, ...env } });

  const exitCode = await doctor(terminal, {}, { ...createProbes(systemClock), ...probes });

  const ports = { 4000: provider.issuerUrl, 5000: api.url, ...origins };
  const report = Object.entries(ports).reduce(
    (text, [port, origin]) => text.replaceAll(`:${new URL(origin).port}`, `:${port}`),
    terminal.out().replaceAll(folder.path, '/srv/app'),
  );
  return { exitCode, report, err: terminal.err() };
}

test('doctor reports no failure when everything works', async () => {
  const { exitCode, report } = await runDoctor({ config: ordersConfig({ provider, api }) });

  expect(exitCode).toBe(0);
  expect(report).not.toMatch(/[✗!]/);
  await expect(report).toMatchFileSnapshot('../../golden/doctor-no-failure.txt');
});

test.each(faultySetups)('doctor finds the fault: $name', async ({ name, create, failingCheck, exitCode }) => {
  await using disposables = new AsyncDisposableStack();

  const outcome = await runDoctor(await create({ provider, api, disposables }));

  const [first] = /(?<=^ {2}✗ )\S+(?: auth)?/m.exec(outcome.report) ?? [];
  expect({ first, exitCode: outcome.exitCode, err: outcome.err }).toEqual({ first: failingCheck, exitCode, err: '' });
  expect(outcome.report).not.toContain(plantedSecret);
  await expect(outcome.report).toMatchFileSnapshot(`../../golden/doctor-${name}.txt`);
});
