import { TokenEndpoint } from '@bearings/oauth-bearer/source';
import { memoryStore } from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { GrantVault } from '../../src/grant/grant-vault.ts';
import type { Consent } from '../../src/grant/grant-vault.ts';
import { openKeyRing } from '../../src/sealing/open-key-ring.ts';
import { RowSealer } from '../../src/sealing/row-sealer.ts';

const createVault = async (store = memoryStore()) => {
  const ring = (await openKeyRing({ current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } })).unwrap();
  return { store, vault: new GrantVault(store, new RowSealer(ring)) };
};

/** A consent whose token response has these members. */
async function consent(members: Record<string, unknown>, changes: Partial<Consent> = {}): Promise<Consent> {
  const answer = { access_token: 'at_1', token_type: 'Bearer', expires_in: 60, ...members };
  const fetch = async (): Promise<Response> => Response.json(answer);
  const config = { tokenEndpoint: 'https://id.test/token', clientId: 'app', clientAuthMethod: 'none' as const, fetch };
  const { signal } = new AbortController();
  const request = { params: [], retry: 'never' as const, scopes: ['mail.read'], signal, isProbe: false };
  const issued = (await TokenEndpoint.create(config).unwrap().request(request)).unwrap();
  const key = { tenant: '', user: 'alice', connection: 'mail', account: 'a1' };
  return { ...key, issuer: 'https://id.test', clientId: 'app', issued, ageMs: 0, ...changes };
}

test('a first consent is stored sealed, and opens again', async () => {
  const { vault } = await createVault();

  const grant = await vault.save(
    await consent({ refresh_token: 'rt_1', refresh_token_expires_in: 3600 }, { ageMs: 500 }),
  );

  expect(grant).toMatchObject({
    status: 'active',
    version: 1,
    scopes: ['mail.read'],
    hasRefreshToken: true,
    keyId: 'k1',
  });
  expect(grant.accessExpiresInMs).toBeLessThanOrEqual(59_500);
  expect(grant.refreshExpiresInMs).toBeLessThanOrEqual(3_600_000 - 500);
  const pair = await vault.open(grant);
  expect([pair.access.expose(), pair.refresh?.expose()]).toEqual(['at_1', 'rt_1']);
});

test('a second consent is stored over the first, in the same row', async () => {
  const { vault, store } = await createVault();
  const first = await vault.save(await consent({ refresh_token: 'rt_1' }));
  await store.revoke(first.id);

  const second = await vault.save(await consent({ refresh_token: 'rt_2', scope: 'mail.send' }));

  expect(second).toMatchObject({ id: first.id, status: 'active', version: 2, scopes: ['mail.send'] });
  expect((await vault.open(second)).refresh?.expose()).toBe('rt_2');
});

test('a consent without a refresh token keeps the stored one, and the scopes of both', async () => {
  const { vault } = await createVault();
  await vault.save(await consent({ refresh_token: 'rt_1', refresh_expires_in: 0 }));

  const second = await vault.save(await consent({ access_token: 'at_2', scope: 'mail.send' }));

  const pair = await vault.open(second);
  expect([pair.access.expose(), pair.refresh?.expose()]).toEqual(['at_2', 'rt_1']);
  expect(second).toMatchObject({ scopes: ['mail.read', 'mail.send'], refreshExpiresInMs: Infinity });
});

test.each([
  ['of another client', { clientId: 'other' }],
  ['of another issuer', { issuer: 'https://other.test' }],
])('a consent %s does not keep the stored refresh token', async (_, changes) => {
  const { vault } = await createVault();
  await vault.save(await consent({ refresh_token: 'rt_1' }));

  const second = await vault.save(await consent({ access_token: 'at_2' }, changes));

  expect(second).toMatchObject({ hasRefreshToken: false, scopes: ['mail.read'] });
  expect((await vault.open(second)).refresh).toBeUndefined();
});

test('a consent does not keep the refresh token of a grant that has ended', async () => {
  const { vault, store } = await createVault();
  const first = await vault.save(await consent({ refresh_token: 'rt_1' }));
  await store.expire(first.id, 1, 'refresh_refused');

  expect((await vault.save(await consent({}))).hasRefreshToken).toBe(false);
});

test('the named members of the answer are kept, and no others', async () => {
  const { vault } = await createVault();

  const grant = await vault.save(
    await consent({ instance_url: 'https://eu.test', other: 1 }, { keepExtras: ['instance_url', 'missing'] }),
  );

  expect((await vault.open(grant)).extras).toEqual({ instance_url: 'https://eu.test' });
});

test('two consents at once are both stored, one after the other', async () => {
  const { vault, store } = await createVault();

  await Promise.all([
    vault.save(await consent({ refresh_token: 'rt_1' })),
    vault.save(await consent({ refresh_token: 'rt_2' })),
  ]);

  expect(await store.list({ limit: 9 })).toMatchObject([{ version: 2 }]);
});

test('a row that was copied to another user does not open', async () => {
  const { vault, store } = await createVault();
  const mine = await vault.save(await consent({ refresh_token: 'rt_1' }));

  const copied = vault.open({ ...mine, user: 'bob' });
  await store.revoke(mine.id);
  await store.eraseSecret(mine.id);
  const erased = await store.get(mine.id);

  await expect(copied).rejects.toMatchObject({ reason: 'undecryptable' });
  await expect(vault.open(erased ?? mine)).rejects.toMatchObject({ reason: 'undecryptable' });
});
