import { expect, test } from 'vitest';
import { KeyRing } from '../../src/sealing/index.ts';
import { memoryTokenStore, shared } from '../../src/store/index.ts';
import type { TokenSource } from '../../src/sources/token-source.ts';

test('keys of a source are refused, because replicas compare the ids of their keys', () => {
  const keys = new KeyRing({ current: () => 'k1', get: () => new Uint8Array(32) }, { field: 'keys' });
  const source: Partial<TokenSource> = { name: 'https://id.test' };

  expect(() => shared(source as TokenSource, { store: memoryTokenStore(), keys, identity: 'any' })).toThrow(
    'keys must be a set',
  );
});
