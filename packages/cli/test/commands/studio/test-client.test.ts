import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@bearings/client';
import type { CheckEvent } from '@bearings/studio';
import { fakeIssuer, faults } from '@bearings/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctor } from '../../../src/commands/doctor/doctor.ts';
import { createProbes } from '../../../src/commands/doctor/probes.ts';
import { testClient } from '../../../src/commands/studio/test-client.ts';
import { startApi } from '../../fixtures/api.ts';
import type { Api } from '../../fixtures/api.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import { basicSetups } from '../../fixtures/setups/basic-setups.ts';
import { ordersConfig } from '../../fixtures/setups/setup.ts';
import type { Setup } from '../../fixtures/setups/setup.ts';
import { createStillClock } from '../../fixtures/setups/still-clock.ts';
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

type Check = Extract<CheckEvent, { type: 'check' }>;
type Exchange = Extract<CheckEvent, { type: 'exchange' }>;

/** The same setup, tested by the page and by the doctor. */
async function runBoth({ config, env = {}, files = {}, probes = {} }: Setup) {
  using folder = configFolder(config, files);
  const terminal = fakeTerminal({ cwd: folder.path, env: { ORDERS_SECRET: plantedSecret, ...env } });
  const tools = { probes: { ...createProbes(systemClock), ...probes } };
  const file = join(folder.path, 'bearings.yaml');
  const draft = { file, text: readFileSync(file, 'utf8'), value: undefined };
  const events: CheckEvent[] = [];
  const name =
    typeof config === 'object' && 'clients' in config ? (Object.keys(config.clients as object)[0] ?? '') : 'orders';
  const options = { name, signal: new AbortController().signal };
  for await (const event of testClient(terminal, tools)(draft, options)) events.push(event);
  await doctor(terminal, { clients: loads(events) ? [name] : [], json: true }, tools.probes);
  const checks = events.filter((event): event is Check => event.type === 'check');
  const exchanges = events.filter((event): event is Exchange => event.type === 'exchange');
  const reported: { checks: readonly Record<string, unknown>[] } = JSON.parse(terminal.out());
  return { checks, exchanges, reported: reported.checks, text: JSON.stringify(events) };
}

/** False when the config itself is wrong: then the doctor reports no client. */
const loads = (events: readonly CheckEvent[]): boolean =>
  events.some((event) => event.type === 'check' && event.check === 'config' && event.verdict === 'ok');

/** Without what differs between two runs: ports that were taken, and seconds of clocks. */
const comparable = ({ subject, check, verdict, message, remedy }: Check | Record<string, unknown>) => ({
  subject,
  check,
  verdict,
  message: String(message).replace(/\d+(?:\.\d+)? (?:ms|s)\b/g, 'a while'),
  remedy: remedy ?? null,
});

test.each(basicSetups)('the page shows for a faulty setup what the doctor shows: $name', async ({ create, check }) => {
  await using disposables = new AsyncDisposableStack();

  const { checks, reported, text } = await runBoth(
    await create({ provider, api, disposables, clock: createStillClock() }),
  );

  expect(checks.map(comparable)).toEqual(reported.map(comparable));
  expect(checks.find(({ verdict }) => verdict === 'failed')?.check).toBe(check);
  expect(checks.every(({ verdict, remedy }) => verdict !== 'failed' || remedy !== undefined)).toBe(true);
  expect(text).not.toContain(plantedSecret);
});

test('a refused client shows the exchange with the authorization server, without the secret, and the remedy', async () => {
  const { checks, exchanges, text } = await runBoth({
    config: ordersConfig({ provider, api }),
    env: { ORDERS_SECRET: 'wrong-secret-value-1234567890' },
  });

  const token = exchanges.find(({ method }) => method === 'POST');
  expect(token).toMatchObject({ status: 401, form: expect.arrayContaining([['grant_type', 'client_credentials']]) });
  expect(token?.request).toContainEqual(['authorization', 'Basic [REDACTED]']);
  expect(token?.body).toContain('invalid_client');
  expect(checks.find(({ check }) => check === 'token')?.remedy).toContain('Check clientId');
  expect(text).not.toContain('wrong-secret-value');
  expect(text).not.toContain(Buffer.from('wrong-secret-value').toString('base64').slice(0, 20));
});

test('a token endpoint that refuses the format of the request shows the exchange and the remedy', async () => {
  await using disposables = new AsyncDisposableStack();
  const issuer = disposables.use(
    await fakeIssuer({ clients: [{ clientId: 'billing', clientSecret: plantedSecret }] }).listen(),
  );
  issuer.inject(faults.status(415, { body: 'Unsupported Media Type' }), { on: 'token' });

  const { checks, exchanges } = await runBoth({
    config: ordersConfig({ provider, api }, { issuerUrl: issuer.issuerUrl }),
  });

  expect(exchanges.find(({ method }) => method === 'POST')).toMatchObject({
    status: 415,
    body: 'Unsupported Media Type',
  });
  expect(checks.find(({ check }) => check === 'token')).toMatchObject({
    verdict: 'failed',
    remedy: expect.any(String),
  });
});

test('a client is tested although another client of the file has problems', async () => {
  const { clients } = ordersConfig({ provider, api });
  const text = JSON.stringify({ clients: { ...clients, stock: { baseUrl: 'soon', auth: { type: 'none' } } } });
  const value = JSON.parse(text);
  const terminal = fakeTerminal({ cwd: '/', env: { ORDERS_SECRET: plantedSecret } });
  const options = { name: 'orders', signal: new AbortController().signal };
  const checks: string[] = [];

  for await (const event of testClient(terminal, {})({ file: '/srv/bearings.yaml', text, value }, options)) {
    if (event.type === 'check') checks.push(`${event.check} ${event.verdict}`);
  }

  expect(checks).toContain('API ok');
  expect(checks.filter((check) => check.endsWith('failed'))).toEqual([]);
});
