import { generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKeyInput, KeyObject } from 'node:crypto';

/** Named so because not every version of `@types/node` exports `JsonWebKey`. */
type JsonWebKey = JsonWebKeyInput['key'];

/** A published public key (RFC 7517 §4). */
interface PublishedKey extends JsonWebKey {
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** The keys of an issuer, created at the first use. */
export interface SigningKeys {
  /** The id of the current key. */
  current(): string;
  /** The public key as a JWK set. */
  published(): { readonly keys: readonly PublishedKey[] };
  /** Signs a JWT (RFC 7519). */
  jwt(type: string, claims: Readonly<Record<string, unknown>>): string;
  /** Replaces the key. Only the new key is published. */
  rotate(): void;
}

interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * Creates signing keys.
 *
 * It signs synchronously. WebCrypto would sign in a thread, and finish at a time that a virtual clock cannot control.
 */
export function signingKeys(): SigningKeys {
  let count = 0;
  let pair: KeyPair | undefined;
  const createPair = (): KeyPair => {
    count += 1;
    return { kid: `key-${count}`, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  };
  const current = (): KeyPair => (pair ??= createPair());
  return {
    current: () => current().kid,
    published() {
      const { kid, publicKey } = current();
      return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] };
    },
    jwt(type, claims) {
      const { kid, privateKey } = current();
      const content = [{ alg: 'ES256', typ: type, kid }, claims].map(encodePart).join('.');
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${content}.${signature.toString('base64url')}`;
    },
    rotate() {
      pair = createPair();
    },
  };
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
