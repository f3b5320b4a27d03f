import { orThrow } from '@bearings/client';
import type { KeySet, KeyValue, TokenStore } from '@bearings/oauth-bearer/store';
import type { FileTokenStore } from '@bearings/token-store-file';
import type { Config } from '../load-config.ts';
import { toSafeLine } from '../document/document-path.ts';
import { createProblem, InvalidConfigError } from '../document/invalid-config-error.ts';
import type { OpenedStore } from './opened-store.ts';
import { isSealingKey } from './sealing-key.ts';

/** A store of tokens, and the keys they are sealed with: the options `store` and `storeKeys` of `Token.create`. */
export interface TokenSharing {
  readonly store: TokenStore;
  readonly storeKeys: KeySet;
}

/** The store of a config. */
export interface OpenedSharing extends TokenSharing, OpenedStore, AsyncDisposable {}

/**
 * Opens the `tokenStore` of a config; `undefined` without one. The caller closes it.
 *
 * Redis and PostgreSQL may be unavailable: tokens are then requested without them.
 *
 * @throws InvalidConfigError when the key or the password cannot be read, or the key is not one
 * @throws ConfigError when the file cannot be used, or the client library is not installed
 */
export async function openTokenStore({
  tokenStore,
  readSecret,
}: Pick<Config, 'tokenStore' | 'readSecret'>): Promise<OpenedSharing | undefined> {
  if (tokenStore === undefined) return undefined;
  const { file, redis, postgres, keyRef, passwordRef, user, prefix, table } = tokenStore;
  const key = await orThrow(readSecret(keyRef));
  if (!isSealingKey(key)) throw wrongKey(keyRef);
  const password = passwordRef === undefined ? undefined : (await orThrow(readSecret(passwordRef))).expose();
  const login = { user, password };
  if (redis !== undefined) {
    const { openRedis } = await import('./open-redis.ts'); // each is loaded when a config needs it
    return toSharing(await openRedis({ url: redis, prefix, ...login }), key);
  }
  if (postgres !== undefined) {
    const { openPostgres } = await import('./open-postgres.ts');
    return toSharing(await openPostgres({ url: postgres, table, ...login }), key);
  }
  return openTokenFile(file ?? '', key);
}

function wrongKey(reference: string): InvalidConfigError {
  const found = `names ${toSafeLine(reference)}, which is not 32 bytes as base64 or base64url`;
  const expected = 'put 32 random bytes there, as this command prints them: openssl rand -base64 32';
  return new InvalidConfigError('The config', [createProblem(['tokenStore', 'keyRef'], { found, expected }, {})]);
}

/**
 * Opens a store in a file. The caller closes it.
 *
 * @throws ConfigError when the file cannot be used
 */
export async function openTokenFile(path: string, key: KeyValue): Promise<OpenedSharing> {
  const { fileTokenStore } = await import('@bearings/token-store-file'); // it needs node:sqlite, which other configs do not
  const store: FileTokenStore = fileTokenStore(path);
  return toSharing({ store, clear: () => store.clear(), close: async () => store.close() }, key);
}

const toSharing = (opened: OpenedStore, key: KeyValue): OpenedSharing => ({
  ...opened,
  storeKeys: { current: 'key', keys: { key } },
  [Symbol.asyncDispose]: () => opened.close(),
});
