import { describe, expect, test } from 'vitest';
import { flow } from './rows.ts';
import { storeKinds } from './stores.ts';

describe.each(storeKinds)('$kind', ({ isThere, create }) => {
  test.skipIf(!isThere)('a flow is found by its id and by the hash of its state', async () => {
    await using tables = await create();
    const { store, other } = tables;
    const mine = flow();
    await store.insertFlow(mine);

    const [byId, byState] = [await other.getFlow(mine.id), await other.findFlowByState(mine.stateHash)];

    const { lifetimeMs, sealed, ...stored } = mine;
    expect(byId).toMatchObject({ ...stored, status: 'pending', bindingHash: undefined, grantId: undefined });
    expect([...(byId?.sealed ?? [])]).toEqual([...sealed]);
    expect(byId?.expiresInMs).toBeLessThanOrEqual(lifetimeMs);
    expect(byState?.id).toBe(mine.id);
    expect(await store.findFlowByState('unknown')).toBeUndefined();
  });

  test.skipIf(!isThere)('the pending flows of a user are listed, the newest first', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const [first, second, denied, bobs] = [flow(), flow(), flow(), flow({ user: 'bob' })];
    for (const each of [first, second, denied, bobs]) {
      await store.insertFlow(each);
      await advance(10);
    }
    await store.finishFlow(denied.id, { status: 'denied' });
    const key = { tenant: '', user: 'alice', connection: 'mail' };

    const pending = await store.listPendingFlows(key);
    await advance(600_000);
    const expired = await store.listPendingFlows(key);

    expect(pending.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(expired).toEqual([]);
  });

  test.skipIf(!isThere)('a flow is consumed once, by the browser that opened it last', async () => {
    await using tables = await create();
    const { store, other } = tables;
    const mine = flow();
    await store.insertFlow(mine);

    const unbound = await store.consumeFlow(mine.stateHash, 'one');
    await store.bindFlow(mine.id, 'one');
    await store.bindFlow(mine.id, 'two');
    const wrong = await store.consumeFlow(mine.stateHash, 'one');
    const right = await Promise.all(
      [store, other, store, other].map((each) => each.consumeFlow(mine.stateHash, 'two')),
    );

    expect([unbound, wrong]).toEqual([undefined, undefined]);
    expect(right.filter((each) => each !== undefined)).toMatchObject([{ id: mine.id, status: 'exchanging' }]);
    expect([...(right.find((each) => each !== undefined)?.sealed ?? [])]).toEqual([4, 5]);
    expect(await store.bindFlow(mine.id, 'three')).toBe(false);
  });

  test.skipIf(!isThere)('an expired flow is neither bound nor consumed nor finished', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const mine = flow();
    await store.insertFlow(mine);
    await store.bindFlow(mine.id, 'one');
    await advance(600_000);

    const late = [await store.bindFlow(mine.id, 'two'), await store.finishFlow(mine.id, { status: 'denied' })];

    expect(late).toEqual([false, false]);
    expect(await store.consumeFlow(mine.stateHash, 'one')).toBeUndefined();
    expect((await store.getFlow(mine.id))?.status).toBe('expired');
  });

  test.skipIf(!isThere)('a flow ends once, and its secrets are erased with it', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const mine = flow();
    await store.insertFlow(mine);
    await store.bindFlow(mine.id, 'one');
    await store.consumeFlow(mine.stateHash, 'one');
    await advance(700_000); // the exchange may take longer than the flow has

    const ended = [
      await store.finishFlow(mine.id, { status: 'completed', grantId: 'g1' }),
      await store.finishFlow(mine.id, { status: 'failed', reason: 'late' }),
    ];

    expect(ended).toEqual([true, false]);
    const found = await store.getFlow(mine.id);
    expect(found).toMatchObject({ status: 'completed', grantId: 'g1', reason: undefined, sealed: undefined });
  });

  test.skipIf(!isThere)('a sweep deletes flows that expired an hour ago', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const [old, recent] = [flow(), flow({ lifetimeMs: 1_200_000 })];
    for (const each of [old, recent]) await store.insertFlow(each);
    await advance(600_000 + 3_600_000);

    await store.sweep();

    expect([await store.getFlow(old.id), (await store.getFlow(recent.id))?.id]).toEqual([undefined, recent.id]);
  });
});
