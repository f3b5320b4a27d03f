import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';
import '@bearings/testing/vitest';
import { expect, test } from 'vitest';
import type { TokenConfig } from '../../src/token/token-config.ts';
import type { TokenHandle } from '../../src/token/token-handle.ts';
import { TokenPool } from '../../src/token/token-pool.ts';
import type { PoolConfig, TokenPoolOptions, TokenPurpose } from '../../src/token/token-pool.ts';
import { configFor, recordEvents } from '../create-token.ts';

const hourMs = 3_600_000;

const createPool = (config: PoolConfig, options?: TokenPoolOptions): TokenPool =>
  TokenPool.create(config, options).unwrap();

/** The handle for a purpose. */
const getHandle = (pool: TokenPool, purpose?: TokenPurpose): TokenHandle => pool.for(purpose).unwrap();

/** What plain JavaScript may hand over. */
const untyped = (purpose: Readonly<Record<string, unknown>>): TokenPurpose => purpose;

const scopesAsked = (issuer: FakeIssuer) => issuer.requests.flatMap((request) => request.params('scope'));

test.each<[TokenPurpose, TokenPurpose]>([
  [{}, {}],
  [{ scopes: ['a', 'b'] }, { scopes: ['b', 'a'] }],
  [{ scopes: ['a', 'b'] }, { scopes: ['a', 'b', 'a'] }],
  [{ resource: 'https://r1.test' }, { resource: ['https://r1.test'] }],
  [{ resource: ['https://r1.test', 'https://r2.test'] }, { resource: ['https://r2.test', 'https://r1.test'] }],
  [
    { tenant: 't', audience: 'api', scopes: ['a'] },
    { scopes: ['a'], audience: 'api', tenant: 't' },
  ],
])('%j and %j are one handle', (one, same) => {
  const pool = createPool(configFor(fakeIssuer()));

  expect(getHandle(pool, same)).toBe(getHandle(pool, one));
  expect(pool.size).toBe(1);
});

test.each<[TokenPurpose, TokenPurpose]>([
  [{}, { tenant: 't' }],
  [{ tenant: 't1' }, { tenant: 't2' }],
  [{ scopes: ['a'] }, { scopes: ['a', 'b'] }],
  [{ scopes: ['a', 'b'] }, { scopes: ['a,b'] }],
  [{ scopes: ['a'] }, { scopes: [] }],
  [{ audience: 'https://r1.test' }, { resource: 'https://r1.test' }],
  [{ tenant: 'x' }, { audience: 'x' }],
  [{ tenant: '["x"' }, { tenant: '["x",' }],
])('%j and %j are two handles', (one, other) => {
  const pool = createPool(configFor(fakeIssuer()));

  expect(getHandle(pool, other)).not.toBe(getHandle(pool, one));
  expect(pool.size).toBe(2);
});

test('a hundred callers for one purpose, and a hundred for another, make one request each', async () => {
  await using pool = createPool(configFor(fakeIssuer()));
  const issuer = fakeIssuer();
  await using other = createPool(configFor(issuer));
  const ask = (scope: string) =>
    Promise.all(Array.from({ length: 100 }, () => getHandle(other, { scopes: [scope] }).get()));

  const answers = await Promise.all([ask('a'), ask('b')]);

  expect(answers.flat().every((each) => each.isOk())).toBe(true);
  expect(scopesAsked(issuer).toSorted()).toEqual(['a', 'b']);
  expect(pool.size).toBe(0);
});

test('nothing is sent for a handle that is not used', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const pool = createPool(configFor(issuer, { clock }));

  getHandle(pool, { tenant: 't1' });
  getHandle(pool, { tenant: 't2' });
  await clock.advance(hourMs);

  expect(pool.size).toBe(2);
  expect(issuer.requests).toEqual([]);
});

test('a purpose says what is asked for, and the config says the rest', async () => {
  const issuer = fakeIssuer();
  const shared = { scopes: ['a'], audience: 'api', extraParams: { region: 'eu' } };
  await using pool = createPool(configFor(issuer, shared));

  await getHandle(pool).get();
  await getHandle(pool, { scopes: ['b', 'c'], audience: 'other', resource: 'https://r.test' }).get();

  const asked = issuer.requests
    .filter(({ endpoint }) => endpoint === 'token')
    .map((request) => ['scope', 'audience', 'resource', 'region'].map((name) => request.params(name)));
  expect(asked).toEqual([
    [['a'], ['api'], [], ['eu']],
    [['b c'], ['other'], ['https://r.test'], ['eu']],
  ]);
});

test('what a purpose leaves undefined is as the config has it', async () => {
  const issuer = fakeIssuer();
  await using pool = createPool(configFor(issuer, { scopes: ['a'], audience: 'api' }));

  await getHandle(pool, untyped({ scopes: undefined, audience: undefined })).get();

  const [asked] = issuer.requests.filter(({ endpoint }) => endpoint === 'token');
  expect(asked?.params('scope')).toEqual(['a']);
  expect(asked?.params('audience')).toEqual(['api']);
});

test('each tenant may have a config of its own', async () => {
  const registerClient = (clientId: string) => ({ clientId, clientSecret: `cs_CANARY_${clientId}` });
  const issuer = fakeIssuer({ clients: [registerClient('t1'), registerClient('t2')] });
  const asked: string[] = [];
  const config = (tenant: string): TokenConfig => {
    asked.push(tenant);
    return configFor(issuer, registerClient(tenant));
  };
  await using pool = createPool(config);

  const answers = await Promise.all(['t1', 't2', 't1'].map((tenant) => getHandle(pool, { tenant }).get()));

  const owners = answers.map((each) => issuer.introspect(each.unwrap().secret.expose()));
  expect(owners).toMatchObject([{ clientId: 't1' }, { clientId: 't2' }, { clientId: 't1' }]);
  expect(asked).toEqual(['t1', 't2']);
});

test('a full pool evicts the handle that was used longest ago, which goes on for its holder', async () => {
  const issuer = fakeIssuer();
  await using pool = createPool(configFor(issuer), { max: 2 });
  const [first, second] = [getHandle(pool, { tenant: 't1' }), getHandle(pool, { tenant: 't2' })];
  await Promise.all([first.get(), second.get()]);

  getHandle(pool, { tenant: 't1' });
  getHandle(pool, { tenant: 't3' });

  expect(pool.size).toBe(2);
  expect(first.read().isOk()).toBe(true);
  expect([second.read(), await second.get()].map((each) => each.isOk())).toEqual([true, true]);
  expect(getHandle(pool, { tenant: 't2' })).not.toBe(second);
});

test('after a handle was evicted, the pool gives a new one', async () => {
  const issuer = fakeIssuer();
  await using pool = createPool(configFor(issuer), { max: 1 });
  await getHandle(pool, { tenant: 't1' }).get();
  getHandle(pool, { tenant: 't2' });

  const again = await getHandle(pool, { tenant: 't1' }).get();

  expect(again.unwrap().generation).toBe(1);
  expect(issuer.counts.granted).toBe(2);
});

test('thirty tenants at once get their tokens from a pool of ten', async () => {
  const issuer = fakeIssuer();
  await using pool = createPool(configFor(issuer), { max: 10 });

  const handles = Array.from({ length: 30 }, (_, index) => getHandle(pool, { tenant: `t${index}` }));
  const answers = await Promise.all(handles.map((handle) => handle.get()));

  expect(answers.filter((each) => each.isErr())).toEqual([]);
  expect([pool.size, issuer.counts.granted]).toEqual([10, 30]);
});

test('evicting a handle does not affect the caller that waits for it', async () => {
  const issuer = fakeIssuer();
  const hang = issuer.inject(faults.hang());
  await using pool = createPool(configFor(issuer), { max: 1 });
  const waiting = getHandle(pool, { tenant: 't1' }).get();

  getHandle(pool, { tenant: 't2' });
  hang.clear();

  expect((await waiting).isOk()).toBe(true);
});

test('an idle handle has no timer and makes no request; a use renews it in the background', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  await using pool = createPool(configFor(issuer, { clock }));
  const handle = getHandle(pool, { tenant: 't1' });
  await handle.get();

  const timers = clock.pending;
  await clock.advance(0.6 * hourMs);
  const idle = issuer.counts.token;
  const used = await handle.get();
  await clock.settle();

  expect([timers, idle]).toEqual([0, 1]);
  expect(used.unwrap().generation).toBe(1);
  expect(handle.read().unwrap().generation).toBe(2);
  expect(clock.pending).toBe(0);
});

test('a handle that fails has no timer either, and is asked for again at a use', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.status(503), { times: 3 });
  await using pool = createPool(configFor(issuer, { clock }));
  const handle = getHandle(pool);

  const failed = await handle.get();
  const timers = clock.pending;
  await clock.advance(1_000);
  const asked = issuer.counts.token;

  expect(failed.isErr()).toBe(true);
  expect([timers, asked]).toEqual([0, 3]);
  expect((await handle.get()).isOk()).toBe(true);
});

test('ten thousand tenants are handles without timers, and the metadata is asked for once', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenFormat: 'opaque' });
  await using pool = createPool(configFor(issuer, { clock }));

  const handles = Array.from({ length: 10_000 }, (_, index) => getHandle(pool, { tenant: `t${index}` }));
  const answers = await Promise.all(handles.slice(0, 500).map((each) => each.get()));

  expect(pool.size).toBe(10_000);
  expect(answers.every((each) => each.isOk())).toBe(true);
  expect(issuer.counts).toMatchObject({ metadata: 1, granted: 500 });
  expect(clock.pending).toBe(0);
  getHandle(pool, { tenant: 'one more' });
  expect(pool.size).toBe(10_000);
});

test('a closed pool has closed every handle, and gives no more', async () => {
  const issuer = fakeIssuer();
  const pool = createPool(configFor(issuer));
  const [used, unused] = [getHandle(pool, { tenant: 't1' }), getHandle(pool, { tenant: 't2' })];
  await used.get();

  await pool.close();
  await pool.close();

  expect([used.read(), unused.read()].map((each) => each.unwrapErr().code)).toEqual(['TOKEN_CLOSED', 'TOKEN_CLOSED']);
  expect(pool.for({ tenant: 't1' }).unwrapErr().code).toBe('TOKEN_CLOSED');
  expect(pool.size).toBe(0);
});

test('when close has answered, everything is closed and has said so', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.hang());
  const pool = createPool(configFor(issuer));
  const handle = getHandle(pool);
  const events = recordEvents(handle);
  const waiting = handle.get();

  await pool.close();

  expect(events.map(({ type }) => type)).toEqual(['closed']);
  expect((await waiting).unwrapErr().code).toBe('TOKEN_CLOSED');
});

test('a pool is closed by the end of its block', async () => {
  let handle: TokenHandle | undefined;
  {
    await using pool = createPool(configFor(fakeIssuer()));
    handle = getHandle(pool);
  }

  expect(handle.status().state).toBe('closed');
});

test('a wrong config is an error when the pool is created, or for its tenant', () => {
  const issuer = fakeIssuer();
  const perTenant = createPool((tenant) => configFor(issuer, { clientId: tenant === 't1' ? 'svc' : ' ' }));

  expect(TokenPool.create(configFor(issuer, { clientId: '' })).unwrapErr()).toMatchObject({ field: 'clientId' });
  expect(perTenant.for({ tenant: 't1' }).isOk()).toBe(true);
  expect(perTenant.for({ tenant: 't2' }).unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientId' });
  expect(perTenant.size).toBe(1);
});

test.each<[string, TokenPurpose]>([
  ['scopes', { scopes: ['a b'] }],
  ['resource', { resource: '/relative' }],
])('a wrong purpose is a CONFIG error in %s, and is not kept', (field, purpose) => {
  const pool = createPool(configFor(fakeIssuer()));

  expect(pool.for(purpose).unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field });
  expect(pool.size).toBe(0);
});

test.each([0, -1, 1.5, Number.NaN, Infinity])('a pool of at most %d handles is a CONFIG error', (max) => {
  expect(TokenPool.create(configFor(fakeIssuer()), { max }).unwrapErr()).toMatchObject({
    code: 'TOKEN_CONFIG',
    field: 'max',
  });
});

test('a pool prints neither secrets nor tokens', async () => {
  const issuer = fakeIssuer({ clients: [{ clientId: 'svc', clientSecret: 'cs_CANARY_1' }] });
  const config = configFor(issuer);
  await using pool = createPool(() => config);
  const token = (await getHandle(pool, { tenant: 't1' }).get()).unwrap();

  expect(pool).toHideSecrets(['cs_CANARY_1', token.secret.expose()]);
});
