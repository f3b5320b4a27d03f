import { expect, test } from 'vitest';
import { doctor } from '../../../src/commands/doctor/doctor.ts';
import type { Probes } from '../../../src/commands/doctor/probes.ts';
import { trustedHandshake, dayMs } from '../../fixtures/fake-servers.ts';
import { createLoginSetup } from '../../fixtures/login-setup.ts';
import type { LoginSetup, LoginTerminalOptions } from '../../fixtures/login-setup.ts';

/** Finds every host and trusts every certificate. */
const probesFor = ({ clock }: LoginSetup): Probes => ({
  resolve: async () => ['10.0.0.3'],
  connect: async () => {},
  handshake: async ({ host }) => trustedHandshake(host, clock.now() + 80 * dayMs),
});

async function runDoctor(setup: LoginSetup, options?: LoginTerminalOptions) {
  const terminal = setup.terminal(options);
  const code = await doctor(terminal, {}, probesFor(setup));
  return { code, out: terminal.out() };
}

test('doctor checks the server of a login, the login, its scopes, and the API', async () => {
  using setup = createLoginSetup();
  await setup.bearings(['login', 'orders']);

  const { code, out } = await runDoctor(setup);

  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot('../../golden/doctor-login.txt');
});

test('without a login, doctor names the command to run, and skips what depends on it', async () => {
  using setup = createLoginSetup();

  const { code, out } = await runDoctor(setup);

  expect(code).toBe(1);
  await expect(out).toMatchFileSnapshot('../../golden/doctor-not-logged-in.txt');
});

test('without the key, doctor says how to pass it', async () => {
  using setup = createLoginSetup();
  await setup.bearings(['login', 'orders']);

  const { code, out } = await runDoctor(setup, { hasNoKeyring: true });

  expect(code).toBe(1);
  expect(out).toContain('✗ login        --key is missing, and this machine has no keyring');
  expect(out).toContain('→ Pass the key with --key or BEARINGS_KEY');
});
