import { orThrow } from '@bearings/client';
import type { UserTokens } from '@bearings/user-tokens';

/** Seals all grants with the current key. True when no row needs the old key any more, so that it can be removed. */
export async function retireKey(users: UserTokens, oldKeyId: string): Promise<boolean> {
  for (;;) {
    const { resealed, rows } = await orThrow(users.rekey({ limit: 1_000 }));
    if (!rows.has(oldKeyId)) return true;
    if (resealed === 0) return false; // a consent is in progress (10 min), or no key decrypts some rows
  }
}
