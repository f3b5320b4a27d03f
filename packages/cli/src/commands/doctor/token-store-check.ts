import { isBearingsError } from '@bearings/client';
import { openTokenStore } from '@bearings/config';
import type { Config } from '@bearings/config';
import { shared } from '@bearings/oauth-bearer/store';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';

/** The check `token store`: can the file be used, and is its key right? None without a `tokenStore` in the config. */
export function tokenStoreChecks(config: Config): readonly Check[] {
  if (config.tokenStore === undefined) return [];
  return [{ name: 'token store', dependsOn: [], run: () => checkStore(config) }];
}

async function checkStore(config: Config): Promise<Finding> {
  try {
    const sharing = await openTokenStore(config);
    if (sharing === undefined) return ok('none');
    using store = sharing.store;
    shared(
      { acquire: () => Promise.reject(new TypeError('not asked')) },
      { store, keys: sharing.storeKeys, identity: '' },
    );
    const owner = crypto.randomUUID();
    const question = { isRejected: false, owner, leaseMs: 1_000, rotationPeriodMs: 0, sealIds: [] };
    await store.ask('doctor', question);
    await store.release('doctor', { owner });
    return ok(`${config.tokenStore?.file ?? ''} can be written, and the key has 32 bytes`);
  } catch (cause) {
    const message = isBearingsError(cause) ? cause.message : 'the file cannot be written';
    return failed(
      message,
      'Create a key with: openssl rand -base64 32. Without a token store each command requests a token',
    );
  }
}
