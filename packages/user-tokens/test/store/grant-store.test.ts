import { describe, expect, test } from 'vitest';
import { content, flow, grant } from './rows.ts';
import { storeKinds } from './stores.ts';

const claim = { version: 1, owner: 'one', leaseMs: 15_000, attempt: 'hash' };

describe.each(storeKinds)('$kind', ({ isThere, create }) => {
  test.skipIf(!isThere)('a grant is found by user, connection and account', async () => {
    await using tables = await create();
    const { store, other } = tables;
    const mine = grant();
    await store.insert(mine);

    const found = await other.find({ tenant: '', user: 'alice', connection: 'mail', account: 'alice@mail.test' });

    const { accessLifetimeMs, refreshLifetimeMs, ...stored } = mine;
    expect(found).toMatchObject({ ...stored, sealed: expect.anything(), status: 'active', version: 1 });
    expect([...(found?.sealed ?? [])]).toEqual([1, 2, 3]);
    expect(found?.accessExpiresInMs).toBeGreaterThan(accessLifetimeMs - 30_000);
    expect(found?.accessExpiresInMs).toBeLessThanOrEqual(accessLifetimeMs);
    expect(found?.refreshExpiresInMs).toBe(refreshLifetimeMs);
    expect(found).toMatchObject({ lease: undefined, attempt: undefined, reason: undefined, lastError: undefined });
  });

  test.skipIf(!isThere)('no grant is found for another tenant, user, connection or account', async () => {
    await using tables = await create();
    const { store } = tables;
    await store.insert(grant());
    const key = { tenant: '', user: 'alice', connection: 'mail' };

    const found = await Promise.all([
      store.find({ ...key, tenant: 'other' }),
      store.find({ ...key, user: 'bob' }),
      store.find({ ...key, connection: 'calendar' }),
      store.find({ ...key, account: '' }),
      store.get('no such id'),
    ]);

    expect(found).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  test.skipIf(!isThere)('without an account, the first one connected is found, and a revoked one last', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const query = { tenant: '', user: 'alice', connection: 'mail' };
    const first = grant();
    await store.insert(first);
    await advance(1_000);
    await store.insert(grant({ account: 'second' }));

    const before = await store.find(query);
    await store.revoke(first.id);
    const after = await store.find(query);

    expect([before?.account, after?.account]).toEqual(['alice@mail.test', 'second']);
  });

  test.skipIf(!isThere)('a key is inserted once', async () => {
    await using tables = await create();
    const { store } = tables;

    const inserted = await Promise.all([store.insert(grant()), store.insert(grant()), store.insert(grant())]);

    expect(inserted.filter(Boolean)).toHaveLength(1);
  });

  test.skipIf(!isThere)('a token that does not expire has no end', async () => {
    await using tables = await create();
    const { store } = tables;
    const mine = grant({ accessLifetimeMs: Infinity, refreshLifetimeMs: 5_000 });
    await store.insert(mine);

    const found = await store.get(mine.id);

    expect(found?.accessExpiresInMs).toBe(Infinity);
    expect(found?.refreshExpiresInMs).toBeLessThanOrEqual(5_000);
  });

  test.skipIf(!isThere)('of many claims for one version, one succeeds', async () => {
    await using tables = await create();
    const { store, other } = tables;
    const mine = grant();
    await store.insert(mine);

    const owners = ['one', 'two', 'three', 'four', 'five', 'six'];
    const claims = owners.map((owner, index) => (index % 2 === 0 ? store : other).claim(mine.id, { ...claim, owner }));

    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    expect((await store.get(mine.id))?.attempt).toBe('hash');
  });

  test.skipIf(!isThere)('a lease can be claimed by others when it has ended, and not before', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const mine = grant();
    await store.insert(mine);
    await store.claim(mine.id, claim);
    const again = { ...claim, owner: 'two' };

    const early = await store.claim(mine.id, again);
    await advance(14_000);
    const late = await store.claim(mine.id, again);
    await advance(1_000);
    const after = await store.claim(mine.id, again);

    expect([early, late, after]).toEqual([false, false, true]);
  });

  test.skipIf(!isThere)('an owner can claim again what it has claimed', async () => {
    await using tables = await create();
    const { store } = tables;
    const mine = grant();
    await store.insert(mine);

    expect([await store.claim(mine.id, claim), await store.claim(mine.id, claim)]).toEqual([true, true]);
  });

  test.skipIf(!isThere)('a lease is prolonged by its owner only', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const mine = grant();
    await store.insert(mine);
    await store.claim(mine.id, claim);
    await advance(14_000);

    const extended = [await store.extend(mine.id, { ...claim, owner: 'two' }), await store.extend(mine.id, claim)];
    await advance(14_000);
    const taken = await store.claim(mine.id, { ...claim, owner: 'two' });

    expect([extended, taken]).toEqual([[false, true], false]);
  });

  test.skipIf(!isThere)('a commit stores the pair, counts the version and ends lease and attempt', async () => {
    await using tables = await create();
    const { store } = tables;
    const mine = grant();
    await store.insert(mine);
    await store.claim(mine.id, claim);

    const committed = await store.commit(mine.id, 1, content({ sealed: Uint8Array.of(9), keyId: 'k2', scopes: [] }));

    expect(committed).toBe(true);
    const { sealed, ...row } = (await store.get(mine.id)) ?? {};
    expect(row).toMatchObject({ version: 2, lease: undefined, attempt: undefined, keyId: 'k2', scopes: [] });
    expect([...(sealed ?? [])]).toEqual([9]);
  });

  test.skipIf(!isThere)('a commit of an older version changes nothing', async () => {
    await using tables = await create();
    const { store } = tables;
    const mine = grant();
    await store.insert(mine);
    await store.commit(mine.id, 1, content({ sealed: Uint8Array.of(9) }));

    const late = await store.commit(mine.id, 1, content({ sealed: Uint8Array.of(7) }));

    expect(late).toBe(false);
    expect([...((await store.get(mine.id))?.sealed ?? [])]).toEqual([9]);
  });

  test.skipIf(!isThere)(
    'a released grant keeps the mark of its attempt unless the token cannot have been used',
    async () => {
      await using tables = await create();
      const { store } = tables;
      const mine = grant();
      await store.insert(mine);
      await store.claim(mine.id, claim);
      const release = { version: 1, owner: 'one', lastError: 'HTTP 503' };

      const foreign = await store.release(mine.id, { ...release, owner: 'two', clearsAttempt: true });
      const own = await store.release(mine.id, { ...release, clearsAttempt: false });
      const kept = await store.get(mine.id);
      await store.claim(mine.id, claim);
      await store.release(mine.id, { ...release, clearsAttempt: true });
      const cleared = await store.get(mine.id);

      expect([foreign, own]).toEqual([false, true]);
      expect(kept).toMatchObject({ lease: undefined, attempt: 'hash', lastError: 'HTTP 503' });
      expect(cleared?.attempt).toBeUndefined();
    },
  );

  test.skipIf(!isThere)('a commit stores what was wrong with its answer, and the next one clears it', async () => {
    await using tables = await create();
    const { store, other } = tables;
    const mine = grant();
    await store.insert(mine);

    const errors: (string | undefined)[] = [];
    for (const [version, lastError] of [
      [1, 'INVALID_TOKEN_RESPONSE'],
      [2, undefined],
      [3, 'UNSUPPORTED_TOKEN_TYPE'],
    ] as const) {
      await store.commit(mine.id, version, content({ lastError }));
      errors.push((await other.get(mine.id))?.lastError);
    }
    await store.replace(mine.id, 4, content());
    errors.push((await other.get(mine.id))?.lastError);

    expect(errors).toEqual(['INVALID_TOKEN_RESPONSE', undefined, 'UNSUPPORTED_TOKEN_TYPE', undefined]);
  });

  test.skipIf(!isThere)(
    'a grant that has ended is neither claimed nor committed, and new consent revives it',
    async () => {
      await using tables = await create();
      const { store } = tables;
      const mine = grant();
      await store.insert(mine);

      const expired = [
        await store.expire(mine.id, 2, 'refresh_refused'),
        await store.expire(mine.id, 1, 'refresh_refused'),
      ];
      const dead = await store.get(mine.id);
      const refused = [await store.claim(mine.id, claim), await store.commit(mine.id, 1, content())];
      const replaced = [await store.replace(mine.id, 7, content()), await store.replace(mine.id, 1, content())];

      expect([expired, refused, replaced]).toEqual([
        [false, true],
        [false, false],
        [false, true],
      ]);
      expect(dead).toMatchObject({ status: 'needs_reauthorization', reason: 'refresh_refused', version: 1 });
      expect(await store.get(mine.id)).toMatchObject({ status: 'active', reason: undefined, version: 2 });
    },
  );

  test.skipIf(!isThere)('a revoked grant stays revoked, and its secret can be erased', async () => {
    await using tables = await create();
    const { store } = tables;
    const mine = grant();
    await store.insert(mine);
    await store.claim(mine.id, claim);
    await store.eraseSecret(mine.id);
    const before = await store.get(mine.id);

    const revoked = [await store.revoke(mine.id), await store.revoke(mine.id)];
    const late = await store.commit(mine.id, 1, content());
    await store.eraseSecret(mine.id);

    expect([revoked, late]).toEqual([[true, false], false]);
    expect(before?.sealed).toBeDefined();
    expect(await store.get(mine.id)).toMatchObject({
      status: 'revoked',
      sealed: undefined,
      version: 1,
      lease: undefined,
    });
  });

  test.skipIf(!isThere)('a grant is resealed in place, unless a refresh was faster', async () => {
    await using tables = await create();
    const { store } = tables;
    const mine = grant();
    await store.insert(mine);
    await store.claim(mine.id, claim);
    const resealed = { sealed: Uint8Array.of(8), keyId: 'k2' };

    const first = await store.reseal(mine.id, 1, resealed);
    const between = await store.get(mine.id);
    await store.commit(mine.id, 1, content());
    const second = await store.reseal(mine.id, 1, resealed);

    expect([first, second]).toEqual([true, false]);
    expect(between).toMatchObject({ version: 1, keyId: 'k2', lease: { owner: 'one' } });
  });

  test.skipIf(!isThere)('rows are counted by their keys, those of unfinished flows too', async () => {
    await using tables = await create();
    const { store } = tables;
    const ended = flow({ keyId: 'k3' });
    await store.insert(grant());
    await store.insert(grant({ account: 'two', keyId: 'k2' }));
    await store.insertFlow(flow({ keyId: 'k2' }));
    await store.insertFlow(ended);
    await store.finishFlow(ended.id, { status: 'denied' });

    expect(new Map(await store.countByKey())).toEqual(
      new Map([
        ['k1', 1],
        ['k2', 2],
      ]),
    );
  });

  test.skipIf(!isThere)('a list has the grants that match, in pages', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) await store.insert(grant({ id, account: id, keyId: id === 'd' ? 'k2' : 'k1' }));
    await store.expire('b', 1, 'refresh_refused');
    await store.revoke('c');
    await store.eraseSecret('c');
    const list = async (filter: object): Promise<string> =>
      (await store.list({ limit: 10, ...filter })).map(({ id }) => id).join('');

    expect(await list({})).toBe('abcd');
    expect(await list({ limit: 2 })).toBe('ab');
    expect(await list({ after: 'b' })).toBe('cd');
    expect(await list({ status: 'active' })).toBe('ad');
    expect(await list({ user: 'bob' })).toBe('');
    expect(await list({ tenant: '', user: 'alice', connection: 'mail' })).toBe('abcd');
    expect(await list({ notKeyId: 'k1' })).toBe('d');
    expect(await list({ notKeyId: 'k2' })).toBe('ab');
    expect(await list({ isSealed: true })).toBe('abd');
    expect(await list({ isSealed: false })).toBe('c');
    expect(await list({ idleMs: 60_000 })).toBe('');
    await advance(60_000);
    await store.commit('a', 1, content());
    expect(await list({ idleMs: 60_000 })).toBe('bcd');
  });

  test.skipIf(!isThere)('a user is deleted with everything, and no other is', async () => {
    await using tables = await create();
    const { store } = tables;
    const theirs = [grant({ user: 'bob' }), grant({ tenant: 'other' })];
    const [mine, bobs] = [flow(), flow({ user: 'bob' })];
    for (const each of [grant(), grant({ connection: 'calendar' }), ...theirs]) await store.insert(each);
    for (const each of [mine, bobs]) await store.insertFlow(each);

    const deleted = await store.deleteUser({ tenant: '', user: 'alice' });

    expect(deleted).toBe(2);
    expect((await store.list({ limit: 9 })).map(({ id }) => id).toSorted()).toEqual(
      theirs.map(({ id }) => id).toSorted(),
    );
    expect([await store.getFlow(mine.id), (await store.getFlow(bobs.id))?.user]).toEqual([undefined, 'bob']);
  });

  test.skipIf(!isThere)('a sweep erases the secrets of grants that were revoked a day ago, and no others', async () => {
    await using tables = await create();
    const { store, advance } = tables;
    const [old, recent, active] = [grant({ account: '1' }), grant({ account: '2' }), grant({ account: '3' })];
    for (const each of [old, recent, active]) await store.insert(each);
    await store.revoke(old.id);
    await advance(24 * 3_600_000);
    await store.revoke(recent.id);

    await store.sweep();

    const sealed = await Promise.all([old, recent, active].map(async ({ id }) => (await store.get(id))?.sealed));
    expect(sealed.map((each) => each !== undefined)).toEqual([false, true, true]);
  });
});
