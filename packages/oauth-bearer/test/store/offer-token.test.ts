import { virtualClock } from '@bearings/testing';
import { Ok } from 'ts-results';
import { expect, test } from 'vitest';
import type { TokenSource } from '../../src/sources/token-source.ts';
import { createSharedSource } from '../../src/store/shared-source.ts';
import { CountedStore, plainSeal } from './fleet.ts';

/** The source of a replica whose client certificate changes during its first token request, as on a disk. */
function scene({ readAgain = async () => 'new' }: { readonly readAgain?: () => Promise<string> } = {}) {
  const clock = virtualClock();
  const store = new CountedStore(clock);
  let requests = 0;
  let readKey = async (): Promise<string> => 'old';
  const replica = (key: () => Promise<string>, onRequest?: () => void): TokenSource => {
    const source: TokenSource = {
      acquire: async () => {
        onRequest?.();
        requests += 1;
        return Ok({ value: `t${requests}`, lifetimeMs: 3_600_000 });
      },
    };
    return createSharedSource(source, {
      store,
      seal: plainSeal,
      key,
      rotationPeriodMs: 10_000,
      clock,
      random: () => 0,
    });
  };
  const changing = replica(
    () => readKey(),
    () => (readKey = readAgain),
  );
  const get = async (source: TokenSource): Promise<string | undefined> => {
    const acquired = source.acquire({ signal: new AbortController().signal, isProbe: false });
    await clock.advance(2_000);
    return (await acquired).map(({ value }) => value).unwrapOr(undefined);
  };
  return { clock, store, changing, replica, get };
}

const failing = async (): Promise<never> => {
  throw new Error('EACCES');
};

test.each([
  ['has changed during the request', async () => 'new'],
  ['cannot be read after the request', failing],
  ['is not read within 2 s after the request', () => new Promise<string>(() => {})],
])('a token whose key %s is used, and not stored for the replicas of the old key', async (_, readAgain) => {
  const { changing, replica, get } = scene({ readAgain });
  const other = replica(async () => 'old');

  const values = [await get(changing), await get(other), await get(replica(async () => 'old'))];

  expect(values).toEqual(['t1', 't2', 't2']);
});

test('the replicas of the new key share the next token', async () => {
  const { changing, replica, get } = scene();

  const values = [await get(changing), await get(replica(async () => 'new')), await get(changing)];

  expect(values).toEqual(['t1', 't2', 't2']);
});

test('a token that came while the store was away is not stored later either, when its key has changed', async () => {
  const { clock, store, changing, replica, get } = scene();
  store.fault = 'fails';
  const own = await get(changing);
  store.fault = undefined;
  await clock.advance(60_000);

  const other = await get(replica(async () => 'old'));

  expect([own, other]).toEqual(['t1', 't2']);
});
