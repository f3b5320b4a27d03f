import { fakeApi, fakeIssuer, combineFetch, virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { memoryStore } from '@bearings/user-tokens';
import type { GrantStore } from '@bearings/user-tokens';
import { TokenConfigError } from '@bearings/oauth-bearer';
import { createClients, createToken, loadConfig, openUserTokens } from '@bearings/config';
import type { AuthorizationCodeAuth, Config, GrantAccess } from '@bearings/config';
import { expect, test } from 'vitest';

const keys = { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } };

const auth = {
  type: 'oauth2_authorization_code',
  issuerUrl: 'https://id.internal',
  clientId: 'orders-cli',
  scopes: ['orders.read'],
} satisfies AuthorizationCodeAuth;

/** A config with two clients that have the person's token, an issuer that asks by device codes, and an API. */
async function createSetup() {
  const clock = virtualClock();
  const issuer = fakeIssuer({ issuerUrl: 'https://id.internal', clients: [{ clientId: 'orders-cli' }], clock });
  const api = fakeApi(issuer, undefined, { origin: 'https://orders.internal', clock });
  const fetch = combineFetch(issuer, api);
  const client = { baseUrl: api.origin, auth };
  const config = (await loadConfig({ clients: { orders: client, stock: client } })).unwrap();
  const access: GrantAccess = { store: reopened(memoryStore({ clock })), keys };
  return { clock, issuer, api, config, access, options: { fetch, clock, random: () => 0.5 } };
}

/** A store that its users close, and others open again. */
const reopened = (store: GrantStore): GrantStore => Object.assign(store, { close: async () => {} });

interface Person {
  readonly config: Config;
  readonly access: GrantAccess;
  readonly clock: VirtualClock;
  readonly options: { readonly fetch: typeof fetch; readonly clock: VirtualClock; readonly random: () => number };
}

/** The person consents on another device. */
async function consent({ config, access, clock, options }: Person): Promise<void> {
  const { users, purpose } = (await openUserTokens(config, auth, { ...access, ...options })).unwrap();
  const device = (await users.authorizeDevice(purpose)).unwrap();
  await options.fetch(device?.verificationUriComplete ?? '');
  const waiting = device?.wait();
  await clock.advance(5_000);
  expect(await waiting).toEqual({ status: 'completed' });
  await users.close();
}

test('clients with the same registration share the token of the person', async () => {
  const setup = await createSetup();
  await consent(setup);
  const opened: number[] = [];

  await using clients = await createClients(setup.config, {
    ...setup.options,
    openGrants: async () => {
      opened.push(1);
      return setup.access;
    },
  });
  expect(opened).toEqual([]);
  await clients['orders']?.get('v1/orders/42');
  await clients['stock']?.get('v1/stock/7');

  expect(setup.api.counts).toEqual({ requests: 2, unauthorized: 0, forbidden: 0 });
  expect([opened.length, setup.issuer.counts.token]).toEqual([1, 1]);
});

test('a token that the API rejects is refreshed once', async () => {
  const setup = await createSetup();
  await consent(setup);
  await using clients = await createClients(setup.config, { ...setup.options, openGrants: async () => setup.access });
  await clients['orders']?.get('v1/orders/42');
  setup.issuer.revoke();

  await clients['orders']?.get('v1/orders/42');

  expect(setup.api.counts).toMatchObject({ unauthorized: 1 });
  expect(setup.issuer.counts.token).toBe(2);
});

test.each([
  ['there are no grants', async () => undefined],
  ['no way to open them is passed', undefined],
])('when %s, the error names the client that needs consent', async (_, openGrants) => {
  const { config, options } = await createSetup();
  const token = (
    await createToken(config, { auth, clients: ['orders', 'stock'] }, { ...options, openGrants })
  ).unwrap();

  const error = (await token.get()).unwrapErr();
  await token.close();

  expect(error).toMatchObject({
    code: 'REAUTHORIZATION_REQUIRED',
    connection: 'orders',
    reason: 'not_connected',
  });
  expect(token.read().isErr()).toBe(true);
  expect(token.status()).toMatchObject({ state: 'none', scopes: [] });
});

test('grants are opened again at the next use after a failure', async () => {
  const setup = await createSetup();
  await consent(setup);
  const failures: Error[] = [new TokenConfigError('--key', 'is missing'), new Error('a key: planted-key')];
  const openGrants = async (): Promise<GrantAccess> => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return setup.access;
  };
  await using token = (await createToken(setup.config, { auth }, { ...setup.options, openGrants })).unwrap();

  const answers = [await token.get(), await token.get(), await token.get()];

  expect(answers.map((each) => (each.isErr() ? each.error.message : 'ok'))).toEqual([
    '--key is missing',
    'No token: openGrants failed',
    'ok',
  ]);
});

test('listeners from before the first use are called', async () => {
  const setup = await createSetup();
  await consent(setup);
  const openGrants = async (): Promise<GrantAccess> => setup.access;
  await using token = (await createToken(setup.config, { auth }, { ...setup.options, openGrants })).unwrap();
  const seen: string[] = [];
  const stop = token.subscribe(({ type }) => seen.push(type));

  await token.get();
  const before = [...seen];
  stop();
  await token.invalidate();

  expect(before.length).toBeGreaterThan(0);
  expect(seen).toEqual(before);
});

test('a closed token does not open the grants', async () => {
  const { config, options, access } = await createSetup();
  const token = (await createToken(config, { auth }, { ...options, openGrants: async () => access })).unwrap();

  await token.close();

  expect((await token.get()).unwrapErr().code).toBe('TOKEN_CLOSED');
});

test('a store that does not answer is an outage', async () => {
  const { config, options } = await createSetup();
  const broken = reopened(memoryStore());
  const down = Object.assign(broken, { open: () => Promise.reject(new Error('ECONNREFUSED')) });

  const error = (await openUserTokens(config, auth, { ...options, keys, store: down })).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryable: true });
});
