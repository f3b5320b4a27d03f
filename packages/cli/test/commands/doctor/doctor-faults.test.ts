import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctor } from '../../../src/commands/doctor/doctor.ts';
import { createProbes } from '../../../src/commands/doctor/probes.ts';
import { startApi } from '../../fixtures/api.ts';
import type { Api } from '../../fixtures/api.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import { plantedSecret, startIdentityProvider } from '../../fixtures/identity-provider.ts';
import type { IdentityProvider } from '../../fixtures/identity-provider.ts';
import { apiSetups } from '../../fixtures/setups/api-setups.ts';
import { basicSetups } from '../../fixtures/setups/basic-setups.ts';
import { discoverySetups } from '../../fixtures/setups/discovery-setups.ts';
import { networkSetups } from '../../fixtures/setups/network-setups.ts';
import { providerSetups } from '../../fixtures/setups/provider-setups.ts';
import { serve } from '../../fixtures/setups/serve.ts';
import { ordersConfig } from '../../fixtures/setups/setup.ts';
import type { Setup } from '../../fixtures/setups/setup.ts';
import { createStillClock } from '../../fixtures/setups/still-clock.ts';
import type { StillClock } from '../../fixtures/setups/still-clock.ts';
import { tokenSetups } from '../../fixtures/setups/token-setups.ts';

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
async function runDoctor({ config, env = {}, files = {}, probes = {}, origins = {} }: Setup, clock: StillClock) {
  using folder = configFolder(config, files);
  const secrets = { ORDERS_SECRET: plantedSecret, ...env };
  const terminal = fakeTerminal({ cwd: folder.path, env: secrets, clock, random: () => 0.5 });

  const exitCode = await doctor(terminal, {}, { ...createProbes(clock), ...probes });

  const ports = { 4000: provider.issuerUrl, 5000: api.url, ...origins };
  const report = Object.entries(ports).reduce(
    (text, [port, origin]) => text.replaceAll(`:${new URL(origin).port}`, `:${port}`),
    terminal.out().replaceAll(folder.path, '/srv/app'),
  );
  return { exitCode, report, err: terminal.err() };
}

test('doctor reports no failure when everything works', async () => {
  const { exitCode, report } = await runDoctor({ config: ordersConfig({ provider, api }) }, createStillClock());

  expect(exitCode).toBe(0);
  expect(report).not.toMatch(/[✗!]/);
  await expect(report).toMatchFileSnapshot('../../golden/doctor-no-failure.txt');
});

const setups = [...basicSetups, ...networkSetups, ...discoverySetups, ...tokenSetups, ...providerSetups, ...apiSetups];

test.each(setups)('doctor finds the fault: $name', async ({ name, create, check, exitCode = 1, cause, remedy }) => {
  await using disposables = new AsyncDisposableStack();
  const clock = createStillClock();

  const outcome = await runDoctor(await create({ provider, api, clock, disposables }), clock);

  const found = new RegExp(`^ {2}${exitCode === 0 ? '!' : '✗'} (\\S+(?: auth)?) +(.+)\n +→ (.+)$`, 'm');
  const [, first, message, advice] = found.exec(outcome.report) ?? [];
  expect({ first, exitCode: outcome.exitCode, err: outcome.err }).toEqual({ first: check, exitCode, err: '' });
  expect(message).toContain(cause);
  expect(advice).toContain(remedy);
  expect(outcome.report).not.toContain('planted');
  await expect(outcome.report).toMatchFileSnapshot(`../../golden/doctor-${name}.txt`);
});

test('an issuer with another host inside a cluster is checked where its metadata is', async () => {
  await using disposables = new AsyncDisposableStack();
  const clock = createStillClock();
  const issuer = 'https://id.public.example';
  const setup = await serve(
    { provider, api, clock, disposables },
    {
      metadata: () => ({ issuer }),
      auth: (origin) => ({ issuerUrl: issuer, metadataUrl: `${origin}/.well-known/openid-configuration` }),
    },
  );

  const { report, exitCode } = await runDoctor(setup, clock);

  expect({ exitCode, failures: report.match(/✗.*/g) }).toEqual({ exitCode: 0, failures: null });
  expect(report).toContain('Credential of orders: billing at https://id.public.example');
  expect(report).toContain('✓ TCP          127.0.0.1:6000 accepts connections');
});

test('at least 40 setups have a report of their own', () => {
  expect(new Set(setups.map(({ name }) => name)).size).toBe(setups.length);
  expect(setups.length).toBeGreaterThanOrEqual(40);
});
