import type { JsonWebKeyInput, KeyObject } from 'node:crypto';
import { TokenConfigError } from '../errors.ts';
import { nodeCrypto } from '../node/built-in.ts';
import { checkNames } from '../token/option-names.ts';
import { DpopKey } from './dpop-key.ts';
import type { DpopKeyOptions } from './dpop-key.ts';

/** The key that tokens are bound to. */
export interface DpopOptions {
  /** PEM text or a JWK: an EC key (P-256, P-384, P-521), Ed25519, or RSA of 2048 bits or more. */
  readonly privateKey: string | JsonWebKeyInput['key'];
}

/** What the setting depends on. */
interface DpopConfig {
  readonly dpop?: boolean | DpopOptions | undefined;
  readonly store?: unknown;
}

/**
 * @param algorithms - those that the key may sign with. Default: all
 * @throws TokenConfigError
 */
export function readDpop(
  { dpop = false, store }: DpopConfig,
  options: DpopKeyOptions,
  algorithms?: readonly string[],
): DpopKey | undefined {
  if (dpop === false) return undefined;
  if (dpop === true) {
    if (store === undefined) return new DpopKey(undefined, options);
    throw new TokenConfigError('dpop', 'needs { privateKey } with store: replicas share tokens of the same key alone');
  }
  if (typeof dpop !== 'object' || dpop === null || Array.isArray(dpop)) {
    throw new TokenConfigError('dpop', 'must be true, or { privateKey } with PEM text or a JWK');
  }
  checkNames(dpop, { privateKey: true }, 'dpop');
  const key = readKey(dpop.privateKey);
  const alg = algorithm(key);
  if (algorithms === undefined || algorithms.includes(alg)) return new DpopKey({ key, alg }, options);
  throw new TokenConfigError(
    'dpop.privateKey',
    `signs with ${alg}, which the profile does not allow: ${algorithms.join(', ')}`,
  );
}

/** Node's own error is not kept: some quote the place in the text where they failed. */
function readKey(given: DpopOptions['privateKey']): KeyObject {
  const { createPrivateKey } = nodeCrypto('dpop');
  try {
    return createPrivateKey(typeof given === 'string' ? given : { key: given, format: 'jwk' });
  } catch {
    throw new TokenConfigError('dpop.privateKey', 'is not a private key, as PEM text without password or as a JWK');
  }
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

function algorithm({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): string {
  const alg = type === 'ec' ? curves[details.namedCurve ?? ''] : type === 'ed25519' ? 'EdDSA' : undefined;
  if (alg !== undefined) return alg;
  if (type === 'rsa' && (details.modulusLength ?? 0) >= 2_048) return 'PS256';
  const right = 'an EC key (P-256, P-384, P-521), Ed25519, or RSA of 2048 bits or more';
  throw new TokenConfigError('dpop.privateKey', `must be ${right}`);
}
