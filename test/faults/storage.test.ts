import '@bearings/testing/vitest';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@bearings/testing';
import { memoryStore } from '@bearings/user-tokens';
import type { UserTokens } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { afterAll, expect } from 'vitest';
import { createUsers } from '../../packages/user-tokens/test/create-users.ts';
import { whileTimePasses } from '../../packages/user-tokens/test/while-time-passes.ts';
import { replay } from './replay.ts';
import { createShiftedClock } from './shifted-clock.ts';

const root = mkdtempSync(join(tmpdir(), 'bearings-'));
afterAll(() => rmSync(root, { recursive: true }));

const alice = { user: 'alice', connection: 'mail' };
const expired = { lifetimeMs: -1 };
const k1 = new Uint8Array(32).fill(1);
const k2 = new Uint8Array(32).fill(2);

replay('ST-001', async () => {
  const folder = join(root, 'ST-001');
  const before = process.umask(0);
  const store = sqliteStore({ path: join(folder, 'grants.db') });
  try {
    await store.open();
  } finally {
    process.umask(before);
    await store.close();
  }

  expect([folder, join(folder, 'grants.db')].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
    '700',
    '600',
  ]);
});

replay('ST-002', async ({ hides }) => {
  const folder = join(root, 'ST-002');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, 'target'), 'untouched', { mode: 0o600 });
  symlinkSync(join(folder, 'target'), join(folder, 'grants.db'));

  const failed = await reasonFrom(sqliteStore({ path: join(folder, 'grants.db') }).open());

  expect(hides(failed)).toMatchObject({ code: 'STORE', reason: 'insecure_file' });
  expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('untouched');
});

replay('ST-004', async ({ hides }) => {
  const { users, connect, store } = await createUsers();
  const { id, sealed = new Uint8Array() } = await connect();
  const flipped = Array.from(sealed, (_, at) => sealed.map((byte, index) => (index === at ? byte ^ 1 : byte)));

  for (const content of [new Uint8Array(), sealed.subarray(0, 50), ...flipped]) {
    await store.reseal(id, 1, { sealed: content, keyId: 'k1' });
    const token = users.for(alice);
    const answer = await token.get();
    await token.close();

    expect(answer.isErr() && hides(answer.error)).toMatchObject({
      code: 'REAUTHORIZATION_REQUIRED',
      reason: 'undecryptable',
      cause: { code: 'STORE', reason: 'undecryptable' },
    });
  }
});

replay('ST-005', async ({ hides }) => {
  const { users, connect, store } = await createUsers();
  const { sealed = new Uint8Array(), keyId } = await connect();
  const bobs = await connect({ user: 'bob' });
  await store.reseal(bobs.id, 1, { sealed, keyId });

  const answer = await users.for({ ...alice, user: 'bob' }).get();

  expect(answer.isErr() && hides(answer.error)).toMatchObject({ reason: 'undecryptable', cause: { code: 'STORE' } });
});

replay('ST-006', async () => {
  const { connect, store } = await createUsers();
  const nonces = new Set<string>();
  for (let count = 0; count < 1_000; count += 1) {
    const { id } = await connect();
    nonces.add(Buffer.from((await store.get(id))?.sealed?.subarray(33, 45) ?? []).toString('hex'));
  }

  // each write has a key of its own besides, derived with a random salt: nonces need not be unique at all
  expect(nonces.size).toBe(1_000);
});

replay('ST-007', async ({ hides }) => {
  const { connect, another, store, clock } = await createUsers();
  const { id } = await connect(expired);
  const rotated = await another({ keys: { current: 'k2', keys: { k1, k2 } } });
  const former = await another();

  const read = await rotated.for(alice).get();
  const written = await store.get(id);
  await clock.advance(31_000);
  const unknown = await former.for({ ...alice, scopes: [] }).get();

  expect([read.isOk(), written?.keyId]).toEqual([true, 'k2']);
  expect(unknown.isErr() && hides(unknown.error)).toMatchObject({ cause: { code: 'STORE', reason: 'unknown_key' } });
});

replay('ST-010', async ({ hides }) => {
  const clock = virtualClock();
  const store = memoryStore({ clock });
  const commit = store.commit.bind(store);
  let isFull = true;
  store.commit = async (...values) => {
    if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return commit(...values);
  };
  const { users, provider, connect, events } = await createUsers({ clock, store });
  const { id } = await connect(expired);

  const used = await whileTimePasses(users.for(alice).get(), clock);
  isFull = false;
  const renewed = await whileTimePasses(users.for(alice).invalidate(used.unwrap()), clock);

  expect([used.isOk(), renewed.isOk(), (await store.get(id))?.version]).toEqual([true, true, 3]);
  expect(provider.refreshes).toHaveLength(2);
  expect(hides(events).map(({ type }) => type)).toEqual(['persist-failed', 'persisted', 'refreshed']);
});

replay('ST-014', async () => {
  const { users, provider, connect, store, clock } = await createUsers();
  const { id } = await connect(expired);
  await store.claim(id, { version: 1, owner: 'a dead process', leaseMs: 15_000, attempt: 'unknown' });

  const token = await whileTimePasses(users.for(alice).get(), clock);

  expect([token.isOk(), provider.refreshes.length]).toEqual([true, 1]);
});

replay('ST-015', async ({ hides }) => {
  const path = join(root, 'ST-015', 'grants.db');
  const { users, connect } = await createUsers({ store: sqliteStore({ path }) });
  const names = ['../../etc/passwd', 'CON', 'alice', 'Alice', 'ALICE', "'; DROP TABLE bearings_grants; --", 'ａlice'];
  for (const user of names) await connect({ user });

  const tokens = await Promise.all(names.map(async (user) => (await users.for({ ...alice, user }).get()).unwrap()));

  expect(new Set(tokens.map(({ secret }) => secret.expose())).size).toBe(names.length);
  for (const user of ['a\0b', 'x'.repeat(4_096)])
    expect(hides(thrownBy(users, user))).toMatchObject({ code: 'USER_TOKENS_CONFIG', field: 'user' });
  await users.close();
});

replay('ST-020', async () => {
  const { users, provider, connect, another, clock, store } = await createUsers();
  const { id } = await connect({ lifetimeMs: 60_000 });
  const replicas = [
    await another({ clock: createShiftedClock(clock, { now: (ms) => ms + 120_000 }) }),
    await another({ clock: createShiftedClock(clock, { now: (ms) => ms - 120_000 }) }),
    users,
  ];
  const use = async (): Promise<readonly string[]> => {
    const answers = replicas.map(async (each) => each.for(alice).get());
    return (await whileTimePasses(Promise.all(answers), clock)).map((answer) => answer.unwrap().secret.expose());
  };

  const early = await use();
  await clock.advance(59_000);
  await store.claim(id, { version: 1, owner: 'another', leaseMs: 15_000, attempt: 'its mark' });
  await clock.advance(2_000);
  const late = use();
  await clock.advance(11_000);
  const whileLeased = provider.refreshes.length;

  expect(new Set(early)).toEqual(new Set(['at_CANARY_alice_1']));
  expect(whileLeased).toBe(0);
  expect(new Set(await late)).toEqual(new Set(['at_CANARY_alice_2']));
  expect(provider.refreshes).toHaveLength(1);
});

async function reasonFrom(failing: Promise<unknown>): Promise<unknown> {
  try {
    return await failing;
  } catch (cause) {
    return cause;
  }
}

function thrownBy(users: UserTokens, user: string): unknown {
  try {
    return users.for({ ...alice, user });
  } catch (cause) {
    return cause;
  }
}
