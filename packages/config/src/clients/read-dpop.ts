import { orThrow } from '@bearings/client';
import type { TokenConfig } from '@bearings/oauth-bearer';
import type { Config } from '../load-config.ts';
import type { DpopFields } from '../schema/dpop-schema.ts';

/**
 * The `dpop` of an `auth`, with the key in place of its reference. It is read once.
 *
 * @throws InvalidConfigError when the key cannot be read
 */
export async function readDpop(
  { readSecret }: Pick<Config, 'readSecret'>,
  { dpop }: { readonly dpop?: DpopFields | undefined },
): Promise<TokenConfig['dpop']> {
  if (typeof dpop !== 'object') return dpop;
  return { privateKey: (await orThrow(readSecret(dpop.privateKeyRef, 'key'))).expose() };
}
