import { expect } from 'vitest';
import { createUsers } from '../../packages/user-tokens/test/create-users.ts';
import { refuse } from '../../packages/user-tokens/test/fake-provider.ts';
import type { Run } from './replay.ts';

const alice = { user: 'alice', connection: 'mail' };

/** A refresh token that the server refuses: the store is read again before the grant is given up. */
export const replayRefusedRefresh: Run = async ({ hides }) => {
  const { users, provider, connect, store } = await createUsers();
  await connect({ lifetimeMs: -1 });
  provider.faults.push(refuse);
  let reads = 0;
  const get = store.get.bind(store);
  provider.faults.push(refuse);
  store.get = async (id) => {
    if (provider.refreshes.length > 0) reads += 1;
    return get(id);
  };

  const first = await users.for(alice).get();
  const readsAfterRefusal = reads;
  await users.for(alice).get();

  expect(first.isErr() && hides(first.error)).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', retryable: false });
  expect(readsAfterRefusal).toBeGreaterThan(0);
  expect(provider.refreshes).toHaveLength(1);
};
