import { UserTokensConfigError } from '../errors.ts';
import type { RowSealer } from '../sealing/row-sealer.ts';
import type { GrantStore } from '../store/grant-store.ts';

/**
 * Checks that every key is there that stored content needs: a key that was removed too early would cost consents.
 *
 * @throws UserTokensConfigError naming the key and its number of rows
 */
export async function checkKeysInUse(store: GrantStore, sealer: RowSealer): Promise<void> {
  for (const [id, rows] of await store.countByKey()) {
    if (await sealer.hasKey(id)) continue;
    const count = `${rows} stored ${rows === 1 ? 'row needs' : 'rows need'} it`;
    const problem = `has no key ${JSON.stringify(id)}, and ${count}. Add the key, and remove it when rekey() reports no rows`;
    throw new UserTokensConfigError('keys', problem);
  }
}
