import { memoryStore } from '@bearings/user-tokens';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createUsers } from '../create-users.ts';
import { FakeProvider } from '../fake-provider.ts';
import { turn, whileTimePasses } from '../while-time-passes.ts';

const purpose = { user: 'alice', connection: 'mail' };
const expired = { lifetimeMs: -1 };

/** A store that can be full (pairs are not written), or down (nothing works). */
function breakableStore(clock = virtualClock()) {
  const state: { failure: 'none' | 'full' | 'down'; commits: number } = { failure: 'none', commits: 0 };
  const store = new Proxy(memoryStore({ clock }), {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...values: unknown[]): Promise<unknown> => {
        if (name === 'commit') state.commits += 1;
        const isBroken = state.failure === 'down' || (state.failure === 'full' && name === 'commit');
        if (isBroken) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        return Reflect.apply(member, target, values);
      };
    },
  });
  return { store, state, clock };
}

test.each(['full', 'down'] as const)(
  'when the store is %s after a rotation, calls go on with the new token, and it is stored when that is possible',
  async (failure) => {
    const { store, state, clock } = breakableStore();
    const { users, provider, connect, events } = await createUsers({ store, clock });
    const { id } = await connect(expired);
    provider.afterIssue = () => {
      state.failure = failure;
    };
    const token = users.for(purpose);

    const first = await whileTimePasses(token.get(), clock);
    await clock.advance(20_000);
    const served = token.read();
    state.failure = 'none';
    await whileTimePasses(turn(), clock, 500);

    expect(first.unwrap().secret.expose()).toBe('at_CANARY_alice_2');
    expect(served.unwrap().secret.expose()).toBe('at_CANARY_alice_2');
    await expect.poll(async () => (await store.get(id))?.version).toBe(2);
    expect(provider.refreshes).toEqual(['rt_CANARY_alice_1']);
    expect(events.map(({ type }) => type)).toEqual(['persist-failed', 'persisted']);
  },
);

test('while a pair is not stored, the lease is held, so that no other process uses the old refresh token', async () => {
  const { store, state, clock } = breakableStore();
  const { users, provider, connect, another } = await createUsers({ store, clock });
  await connect(expired);
  provider.afterIssue = () => {
    state.failure = 'full';
  };
  await whileTimePasses(users.for(purpose).get(), clock);
  const other = await another();

  const failed = await whileTimePasses(other.for(purpose).get(), clock, 200);

  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1']);
  expect(failed.isErr() && failed.error.message).toContain('another process has been refreshing');
});

test('a token that is rejected while its pair is not stored is not refreshed before the pair is', async () => {
  const { store, state, clock } = breakableStore();
  const { users, provider, connect } = await createUsers({ store, clock });
  await connect(expired);
  provider.afterIssue = () => {
    state.failure = 'full';
  };
  const token = users.for(purpose);
  const first = await whileTimePasses(token.get(), clock);

  const kept = await whileTimePasses(token.invalidate(first.unwrap()), clock);
  provider.afterIssue = () => {};
  state.failure = 'none';
  await clock.advance(20_000);
  const renewed = await whileTimePasses(token.invalidate(first.unwrap()), clock);

  expect(kept.unwrap().secret.expose()).toBe('at_CANARY_alice_2');
  expect(renewed.unwrap().secret.expose()).toBe('at_CANARY_alice_3');
  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1', 'rt_CANARY_alice_2']);
});

test('closing stores what is not stored yet', async () => {
  const { store, state, clock } = breakableStore();
  const { users, provider, connect } = await createUsers({ store, clock });
  const { id } = await connect(expired);
  provider.afterIssue = () => {
    state.failure = 'full';
  };
  await whileTimePasses(users.for(purpose).get(), clock);

  const closing = users.close();
  await clock.advance(1_000);
  state.failure = 'none';
  await whileTimePasses(closing, clock, 500);

  expect((await store.get(id))?.version).toBe(2);
});

test('closing waits five seconds at most for a store that is full', async () => {
  const { store, state, clock } = breakableStore();
  const { users, provider, connect } = await createUsers({ store, clock });
  await connect(expired);
  provider.afterIssue = () => {
    state.failure = 'full';
  };
  await whileTimePasses(users.for(purpose).get(), clock);
  state.commits = 0;

  await whileTimePasses(users.close(), clock, 500);

  expect(state.commits).toBeGreaterThan(0);
  expect(state.commits).toBeLessThanOrEqual(11); // one at once, then one each half second
});

test('a grant that is revoked while its new pair is not stored stays revoked, and the new pair is revoked', async () => {
  const { store, state, clock } = breakableStore();
  const { users, provider, connect } = await createUsers({ store, clock });
  const { id } = await connect(expired);
  provider.afterIssue = () => {
    state.failure = 'full';
  };
  await whileTimePasses(users.for(purpose).get(), clock);

  await users.revoke(id);
  state.failure = 'none';
  await clock.advance(5_000);

  expect(provider.revocations).toEqual(['rt_CANARY_alice_2', 'at_CANARY_alice_2']);
  expect(await store.get(id)).toMatchObject({ status: 'revoked', version: 1 });
  expect(users.for(purpose).read().isErr()).toBe(true);
});

test('a process that was suspended in its write, until another had stored a newer pair, serves the newer pair', async () => {
  const [mine, theirs] = [virtualClock(), virtualClock()];
  const shared = memoryStore({ clock: theirs });
  const suspension: { begin?: () => Promise<void> } = {};
  const store = new Proxy(shared, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...values: unknown[]): Promise<unknown> => {
        if (name === 'commit') await suspension.begin?.();
        return Reflect.apply(member, target, values);
      };
    },
  });
  const provider = new FakeProvider({ rotation: { graceMs: 60_000 }, clock: theirs });
  const { users, connect, another } = await createUsers({ store, clock: mine, provider });
  const { id } = await connect(expired);
  const other = await another({ store: shared, clock: theirs });
  suspension.begin = async () => {
    delete suspension.begin;
    await theirs.advance(15_000);
    await whileTimePasses(other.for(purpose).get(), theirs);
    await mine.suspend(20_000);
    throw new Error('the connection is gone');
  };

  const token = await users.for(purpose).get();

  expect(token.unwrap().secret.expose()).toBe('at_CANARY_alice_3');
  expect(await shared.get(id)).toMatchObject({ version: 2, status: 'active' });
});
