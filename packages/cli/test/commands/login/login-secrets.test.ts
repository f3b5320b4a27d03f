import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeBrowser, faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { createLoginSetup, shown } from '../../fixtures/login-setup.ts';
import type { LoginSetup } from '../../fixtures/login-setup.ts';
import { until } from '../../fixtures/until.ts';

const secretParams = ['code', 'code_verifier', 'device_code', 'refresh_token', 'token'];

/** A network that notes each secret that is sent or received. */
function recordSecrets(fetch: typeof globalThis.fetch, secrets: Set<string>): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const params = new URLSearchParams(await request.clone().text());
    const response = await fetch(request);
    const body = await response.clone().text();
    const received = [...body.matchAll(/"(?:\w+_token|device_code)":"([^"]+)"/g)].map(([, value]) => value);
    for (const value of [...secretParams.map((name) => params.get(name)), ...received]) {
      if (value) secrets.add(value);
    }
    return response;
  };
}

/** All that is stored, as text. */
function stored({ state }: LoginSetup): string {
  const folder = join(state, 'bearings');
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');
}

test('no command shows or stores a token, a code, a verifier or the key, with --debug either', async () => {
  using setup = createLoginSetup();
  const secrets = new Set<string>();
  const fetch = recordSecrets(setup.terminal().fetch, secrets);
  const outputs: string[] = [];
  const bearings = async (...args: string[]): Promise<number> => {
    const { code, out, err } = await setup.bearings([...args, '--debug'], { fetch });
    outputs.push(out, err, stored(setup));
    return code;
  };

  const codes = [await bearings('login', 'orders'), await bearings('call', 'orders', 'v1/orders/42')];
  await setup.clock.advance(3_600_000);
  codes.push(await bearings('auth', 'status'), await bearings('logout', 'orders'));
  const device = setup.terminal({ fetch });
  const code = run(['login', 'orders', '--device', '--debug'], device);
  await fakeBrowser(setup.issuer.fetch).open(await shown(device, /or open\n {2}(\S+)\n/));
  await until(() => setup.clock.pending > 0);
  await setup.clock.advance(5_000);
  codes.push(await code);
  outputs.push(device.out(), device.err(), stored(setup));

  const everything = outputs.join('\n');
  expect(codes).toEqual([0, 0, 0, 0, 0]);
  expect(secrets.size).toBeGreaterThan(8);
  expect([...secrets, ...setup.keyring.values()].filter((secret) => everything.includes(secret))).toEqual([]);
});

test('a server that is down is named, with either way to log in', async () => {
  using setup = createLoginSetup();
  setup.issuer.inject(faults.unreachable(), { on: 'metadata' });
  const slow = { random: () => 0 };

  const browser = setup.bearings(['login', 'orders'], slow);
  const device = setup.bearings(['login', 'orders', '--device'], slow);
  await until(() => setup.clock.pending > 0);
  for (let steps = 0; steps < 60; steps += 1) await setup.clock.advance(1_000);

  expect(await browser).toMatchObject({ code: 3, err: expect.stringContaining('https://id.internal') });
  expect(await device).toMatchObject({ code: 3, err: expect.stringContaining('https://id.internal') });
});
