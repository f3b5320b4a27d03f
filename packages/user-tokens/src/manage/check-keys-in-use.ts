import { UserTokensConfigError } from '../errors.ts';
import type { KeyRing } from '../sealing/key-ring.ts';
import type { GrantStore } from '../store/grant-store.ts';

/**
 * Checks that every key is there that stored content needs: a key that was removed too early would cost consents.
 *
 * @throws UserTokensConfigError naming the key and its number of rows
 */
export async function checkKeysInUse(store: GrantStore, ring: KeyRing): Promise<void> {
  for (const [id, rows] of await store.countByKey()) {
    try {
      await ring.get(id);
    } catch (cause) {
      const count = `${rows} stored ${rows === 1 ? 'row needs' : 'rows need'} it`;
      const problem = `has no key ${JSON.stringify(id)}, and ${count}. Add the key, and remove it when rekey() reports no rows`;
      throw new UserTokensConfigError('keys', problem, cause instanceof Error ? cause : undefined);
    }
  }
}
