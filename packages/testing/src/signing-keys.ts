import { generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

/** A public key as it is published (RFC 7517 §4). */
interface PublishedKey extends JsonWebKey {
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** The keys of an issuer. Made when they are first needed. */
export interface SigningKeys {
  /** Names the key that signs now. */
  current(): string;
  /** The public half, as a JWK set. */
  published(): { readonly keys: readonly PublishedKey[] };
  /** A signed JWT (RFC 7519). */
  jwt(type: string, claims: Readonly<Record<string, unknown>>): string;
  /** Signs with a new key from now on, and publishes that one only. */
  rotate(): void;
}

interface Pair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * Keys that nobody has seen before.
 *
 * Signs at once, where a library would use WebCrypto and come back from a thread at a time that no virtual clock knows:
 * an answer that depends only on the clock is what tests can rely on.
 */
export function signingKeys(): SigningKeys {
  let count = 0;
  let pair: Pair | undefined;
  const make = (): Pair => {
    count += 1;
    return { kid: `key-${count}`, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  };
  const current = (): Pair => (pair ??= make());
  return {
    current: () => current().kid,
    published() {
      const { kid, publicKey } = current();
      return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] };
    },
    jwt(type, claims) {
      const { kid, privateKey } = current();
      const content = [{ alg: 'ES256', typ: type, kid }, claims].map(encoded).join('.');
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${content}.${signature.toString('base64url')}`;
    },
    rotate() {
      pair = make();
    },
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
