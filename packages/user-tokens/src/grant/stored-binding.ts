import { SecretString } from '@bearings/oauth-bearer';
import type { DpopBinding } from '@bearings/oauth-bearer/source';

/** A key as it is written into a sealed row: never anywhere else. */
export interface StoredBinding {
  readonly thumbprint: string;
  readonly privateKey?: string | undefined;
}

/** What is sealed of a key. */
export function toStoredBinding(binding: DpopBinding | undefined): StoredBinding | undefined {
  return binding && { thumbprint: binding.thumbprint, privateKey: binding.privateKey?.expose() };
}

/** What {@link toStoredBinding} wrote. The seal vouches for its form. */
export function readStoredBinding(stored: StoredBinding | undefined): DpopBinding | undefined {
  if (stored?.privateKey === undefined) return stored && { thumbprint: stored.thumbprint };
  return { thumbprint: stored.thumbprint, privateKey: new SecretString(stored.privateKey) };
}
