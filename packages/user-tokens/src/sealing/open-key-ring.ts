import { KeyRing } from '@bearings/oauth-bearer/sealing';
import type { KeySet, KeySource } from '@bearings/oauth-bearer/sealing';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { UserTokensConfigError } from '../errors.ts';

const toError = (field: string, problem: string): UserTokensConfigError => new UserTokensConfigError(field, problem);

/** Checks the keys that are values, and reads the current one. */
export async function openKeyRing(keys: KeySet | KeySource): Promise<Result<KeyRing, UserTokensConfigError>> {
  try {
    const ring = new KeyRing(keys, { field: 'keys', toError });
    const current = await ring.currentId();
    if ((await ring.get(current)) === undefined) return Err(toError('keys.current', 'is the id of no key'));
    return Ok(ring);
  } catch (cause) {
    if (cause instanceof UserTokensConfigError) return Err(cause);
    throw cause;
  }
}
