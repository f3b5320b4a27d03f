import { orThrow } from '@bearings/client';
import type { KeySet } from '@bearings/oauth-bearer/store';
import type { FileTokenStore } from '@bearings/token-store-file';
import type { Config } from '../load-config.ts';

/** A store of tokens, and the keys they are sealed with: the options `store` and `storeKeys` of `Token.create`. */
export interface TokenSharing {
  readonly store: FileTokenStore;
  readonly storeKeys: KeySet;
}

/**
 * Opens the `tokenStore` of a config; `undefined` without one. The caller closes the store.
 *
 * @throws InvalidConfigError when the key cannot be read
 * @throws ConfigError when the file cannot be used
 */
export async function openTokenStore({
  tokenStore,
  readSecret,
}: Pick<Config, 'tokenStore' | 'readSecret'>): Promise<TokenSharing | undefined> {
  if (tokenStore === undefined) return undefined;
  const key = await orThrow(readSecret(tokenStore.keyRef));
  const { fileTokenStore } = await import('@bearings/token-store-file'); // it needs node:sqlite, which other configs do not
  return { store: fileTokenStore(tokenStore.file), storeKeys: { current: 'key', keys: { key } } };
}
