import { Token } from '@bearings/oauth-bearer';
import { memoryTokenStore } from '@bearings/oauth-bearer/store';
import type { TokenStore } from '@bearings/oauth-bearer/store';
import { fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import { observeToken } from '../src/index.ts';
import { recorder } from './recorded.ts';

const keysFrom = (byte: number) => ({ current: 'k1', keys: { k1: new Uint8Array(32).fill(byte) } });
const fail = () => Promise.reject(new Error('connection refused'));
const away: TokenStore = { ask: fail, put: fail, release: fail };

test('requests for all replicas, tokens taken, fallbacks and foreign entries are counted separately', async () => {
  const { meter, points } = recorder();
  const { credentials, fetch } = fakeIssuer();
  const store = memoryTokenStore();
  const acquire = async (name: string, sharing: { readonly store: TokenStore; readonly byte: number }) => {
    const config = { ...credentials, fetch, store: sharing.store, storeKeys: keysFrom(sharing.byte), random: () => 0 };
    await using token = (await Token.create({ ...config, start: 'lazy' })).unwrap();
    observeToken(token, { name, meter });
    expect((await token.get()).isOk()).toBe(true);
  };

  await acquire('first', { store, byte: 7 });
  await acquire('second', { store, byte: 7 });
  await acquire('third', { store, byte: 8 });
  await acquire('fourth', { store: away, byte: 7 });

  const counted = await points('bearings.token.store.outcomes');
  const shown = counted.map(({ attributes, value }) => [
    attributes['bearings.token.name'],
    attributes['bearings.token.store.outcome'],
    value,
  ]);
  expect(shown).toEqual([
    ['first', 'requested', 1],
    ['second', 'taken', 1],
    ['third', 'foreign', 1],
    ['fourth', 'fallback', 1],
  ]);
});
