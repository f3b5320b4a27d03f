import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createLoginSetup } from '../fixtures/login-setup.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const loginWithKey = ['login', 'orders', '--key', 'env:LOGIN_KEY'] as const;

test('without a keyring a login is refused, and nothing is written', async () => {
  using setup = createLoginSetup();

  const { code, err } = await setup.bearings(['login', 'orders'], { hasNoKeyring: true });

  expect(code).toBe(2);
  expect(err).toContain('--key is missing, and this machine has no keyring to keep a key in.');
  expect(err).toContain('pass --key env:NAME or --key file:PATH');
  expect(existsSync(setup.state)).toBe(false);
  expect(setup.issuer.counts.token).toBe(0);
});

test('with --key, or BEARINGS_KEY, no keyring is needed', async () => {
  using setup = createLoginSetup();
  const env = { LOGIN_KEY: key };

  const login = await setup.bearings(loginWithKey, { hasNoKeyring: true, env });
  const call = await setup.bearings(['call', 'orders', 'v1/orders/42'], {
    hasNoKeyring: true,
    env: { ...env, BEARINGS_KEY: 'env:LOGIN_KEY' },
  });

  expect([login.code, call.code]).toEqual([0, 0]);
  expect(setup.keyring.size).toBe(0);
});

test('the key may be a file, relative to the current folder, that only its owner can read', async () => {
  using setup = createLoginSetup();
  const { cwd } = setup.terminal();
  const options = { hasNoKeyring: true };
  writeFileSync(join(cwd, 'login.key'), `${key}\n`, { mode: 0o600 });

  const login = await setup.bearings(['login', 'orders', '--key', 'file:login.key'], options);
  chmodSync(join(cwd, 'login.key'), 0o644);
  const open = await setup.bearings(['call', 'orders', '/', '--key', 'file:login.key'], options);

  expect(login.code).toBe(0);
  expect(open).toMatchObject({ code: 2, err: expect.stringContaining('other users may read or write (mode 0644)') });
});

test.each([
  ['env:NOTHING', 'names the environment variable NOTHING, which is not set'],
  ['file:nothing.key', 'names the file'],
  [key, 'is not a reference to a secret'],
  ['env:SHORT', 'must be 32 random bytes, or their base64url text, not 16 bytes'],
])('--key %s is refused without showing it, and nothing is written', async (reference, problem) => {
  using setup = createLoginSetup();
  const env = { SHORT: Buffer.alloc(16, 7).toString('base64') };

  const { code, err } = await setup.bearings(['login', 'orders', '--key', reference], { env });

  expect(code).toBe(2);
  expect(err).toContain(problem);
  expect(err).not.toContain(key);
  expect(err).not.toContain(env.SHORT);
  expect(existsSync(setup.state)).toBe(false);
});

test('the keyring has the key alone, and two logins share it', async () => {
  using setup = createLoginSetup();

  await setup.bearings(['login', 'orders']);
  const [before] = setup.keyring.values();
  await setup.bearings(['login', 'orders']);

  expect([...setup.keyring]).toEqual([['key', before]]);
  expect(Buffer.from(before ?? '', 'base64url')).toHaveLength(32);
});

test('grants that are encrypted with another key are not opened, and the message says which key', async () => {
  using setup = createLoginSetup();
  await setup.bearings(loginWithKey, { env: { LOGIN_KEY: key } });

  const call = await setup.bearings(['call', 'orders', 'v1/orders/42']);
  const login = await setup.bearings(['login', 'orders']);
  const status = await setup.bearings(['auth', 'status']);

  expect(call).toMatchObject({ code: 2, err: expect.stringContaining('the keyring has no key of bearings') });
  expect(login).toMatchObject({ code: 2, err: expect.stringContaining('keys has no key "--key", and 1 stored row') });
  expect(status.out).toContain('→ Use the key that the logins are encrypted with');
});

test('with a key of another value, the person has to log in again', async () => {
  using setup = createLoginSetup();
  const other = Buffer.alloc(32, 8).toString('base64');
  await setup.bearings(loginWithKey, { env: { LOGIN_KEY: key } });

  const call = await setup.bearings(['call', 'orders', '/', '--key', 'env:LOGIN_KEY'], { env: { LOGIN_KEY: other } });
  const again = await setup.bearings(loginWithKey, { env: { LOGIN_KEY: other } });

  expect([call.code, again.code]).toEqual([3, 0]);
  expect(call.err).toContain('undecryptable');
});

test('a symbolic link in the place of the file is refused, and its target stays as it is', async () => {
  using setup = createLoginSetup();
  const { cwd } = setup.terminal();
  mkdirSync(join(setup.state, 'bearings'), { recursive: true, mode: 0o700 });
  writeFileSync(join(cwd, 'target'), 'untouched', { mode: 0o600 });
  symlinkSync(join(cwd, 'target'), join(setup.state, 'bearings', 'grants.db'));

  const { code, err } = await setup.bearings(['login', 'orders']);

  expect(code).toBe(2);
  expect(err).toContain('grants.db is a symbolic link');
  expect(readFileSync(join(cwd, 'target'), 'utf8')).toBe('untouched');
});

test('a folder that others can change is refused', async () => {
  using setup = createLoginSetup();
  mkdirSync(join(setup.state, 'bearings'), { recursive: true });
  chmodSync(join(setup.state, 'bearings'), 0o777);

  const { code, err } = await setup.bearings(['login', 'orders']);

  expect(code).toBe(2);
  expect(err).toContain('can be changed by others. Run chmod 700');
});

test('the file is for its owner alone, in a folder of its own', async () => {
  using setup = createLoginSetup();

  await setup.bearings(['login', 'orders']);

  const folder = join(setup.state, 'bearings');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'grants.db')).mode & 0o777).toBe(0o600);
});

test('without XDG_STATE_HOME the file is below the home folder; a relative one is ignored', async () => {
  using setup = createLoginSetup();
  const env = { HOME: setup.state, XDG_STATE_HOME: 'relative' };

  await setup.bearings(['login', 'orders'], { env });
  const homeless = await setup.bearings(['login', 'orders'], { env: { XDG_STATE_HOME: '' } });

  expect(existsSync(join(setup.state, '.local', 'state', 'bearings', 'grants.db'))).toBe(true);
  expect(homeless).toMatchObject({ code: 2, err: expect.stringContaining('set XDG_STATE_HOME or HOME') });
});

test('commands other than login create nothing', async () => {
  using setup = createLoginSetup();

  const call = await setup.bearings(['call', 'orders', 'v1/orders/42']);
  const status = await setup.bearings(['auth', 'status']);
  const logout = await setup.bearings(['logout', 'orders']);

  expect([call.code, status.code, logout.code]).toEqual([3, 3, 0]);
  expect(call.err).toContain('bearings: orders: not logged in. Run bearings login orders (REAUTHORIZATION_REQUIRED)');
  expect(status.out).toContain('→ Run bearings login orders');
  expect(logout.out).toBe('You were not logged in to orders.\n');
  expect([existsSync(setup.state), setup.keyring.size]).toEqual([false, 0]);
});

test('two calls with one expired token make one token request', async () => {
  using setup = createLoginSetup();
  await setup.bearings(['login', 'orders']);
  await setup.clock.advance(3_600_000);
  const before = setup.issuer.counts.token;

  const codes: number[] = [];
  const call = async (): Promise<void> => {
    codes.push((await setup.bearings(['call', 'orders', 'v1/orders/42'])).code);
  };
  const calls = Promise.all([call(), call(), call(), call()]);
  while (codes.length < 4) {
    await setup.clock.advance(25);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  await calls;

  expect(codes).toEqual([0, 0, 0, 0]);
  expect(setup.issuer.counts.token - before).toBe(1);
});

test('when the grant was withdrawn at the server, the person has to log in again', async () => {
  using setup = createLoginSetup();
  await setup.bearings(['login', 'orders']);
  setup.issuer.withdrawConsent();
  await setup.clock.advance(3_600_000);

  const call = await setup.bearings(['call', 'orders', 'v1/orders/42']);
  const doctor = await setup.bearings(['auth', 'status']);

  expect(call).toMatchObject({ code: 3, err: expect.stringContaining('the login has ended (refresh_refused)') });
  expect(doctor.out).toContain('→ Run bearings login orders');
});

test('logout revokes at the server, the refresh token first, and deletes', async () => {
  using setup = createLoginSetup();
  await setup.bearings(['login', 'orders']);

  const logout = await setup.bearings(['logout', 'orders']);
  const call = await setup.bearings(['call', 'orders', 'v1/orders/42']);

  expect(logout).toEqual({
    code: 0,
    out: 'Logged out of orders: the tokens are revoked at https://id.internal and deleted.\n',
    err: '',
  });
  const revocations = setup.issuer.requests.filter(({ endpoint }) => endpoint === 'revocation');
  expect(revocations.flatMap((each) => each.params('token_type_hint'))).toEqual(['refresh_token', 'access_token']);
  expect(call.code).toBe(3);
});

test('logout deletes also when the server does not answer, and says so', async () => {
  using setup = createLoginSetup();
  await setup.bearings(['login', 'orders']);
  setup.issuer.inject(faults.status(400), { on: 'revocation' });

  const logout = await setup.bearings(['logout', 'orders']);
  const again = await setup.bearings(['logout', 'orders']);

  expect(logout.out).toContain('https://id.internal did not revoke all of them');
  expect(again.out).toBe('You were not logged in to orders.\n');
});
