import type { JsonWebKeyInput, KeyObject, webcrypto } from 'node:crypto';
import type { Clock } from '@bearings/client';
import type { SignJWT } from 'jose/jwt/sign';
import { nodeCrypto } from '../node/built-in.ts';
import { toJoseKey } from '../node/jose-key.ts';
import { toBase64url } from '../sealing/base64.ts';
import { DpopNonces } from './dpop-nonces.ts';

type PublicJwk = Readonly<JsonWebKeyInput['key']>;
type PublicMembers = Partial<Readonly<Record<'crv' | 'e' | 'kty' | 'n' | 'x' | 'y', string | undefined>>>;

/** A private key that proofs are signed with, and its algorithm (RFC 7518 §3.1). */
export interface ProofKey {
  readonly key: KeyObject;
  readonly alg: string;
}

/** What a proof is about (RFC 9449 §4.2). */
export interface ProofContext {
  readonly url: string;
  readonly method: string;
  /** The access token that the request carries; `undefined` in a token request. */
  readonly token?: string | undefined;
  /** The nonce that the server has asked for. Default: the last one of this origin. */
  readonly nonce?: string | undefined;
}

export interface DpopKeyOptions {
  readonly clock: Clock;
  /** Makes the unique id of a proof, of 96 random bits or more. Default: a random UUID. */
  readonly createId?: (() => string) | undefined;
  /** Default: its own. */
  readonly nonces?: DpopNonces | undefined;
}

interface ProofSigner {
  readonly Jwt: typeof SignJWT;
  readonly key: KeyObject | webcrypto.CryptoKey;
  readonly header: { readonly typ: 'dpop+jwt'; readonly alg: string; readonly jwk: PublicJwk };
}

/**
 * A key that tokens are bound to, and the nonces of the servers it is used with. Printed, written as JSON or cloned it
 * shows nothing.
 */
export class DpopKey {
  /** The SHA-256 thumbprint of the key (RFC 7638); `undefined` for a key that is generated at its first use. */
  readonly thumbprint: string | undefined;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #nonces: DpopNonces;
  readonly #given: ProofKey | undefined;
  #signer: ProofSigner | Promise<ProofSigner> | undefined;
  #lastHash: { readonly token: string; readonly hash: string } | undefined;

  /** @param given - Default: a new P-256 key that cannot be exported, generated at its first use */
  constructor(given: ProofKey | undefined, options: DpopKeyOptions) {
    const { clock, createId = () => crypto.randomUUID(), nonces = new DpopNonces() } = options;
    this.#clock = clock;
    this.#nonces = nonces;
    this.#createId = createId;
    this.#given = given;
    this.thumbprint = given === undefined ? undefined : thumbprint(publicJwk(given.key));
    Object.freeze(this);
  }

  /** Signs a proof for one request (RFC 9449 §4.2). */
  async sign({ url, method, token, nonce }: ProofContext): Promise<string> {
    const { Jwt, key, header } = await (this.#signer ?? this.#open());
    const { origin, pathname } = new URL(url);
    const asked = nonce ?? this.#nonces.get(origin);
    const claims = {
      jti: this.#createId(),
      htm: method,
      htu: `${origin}${pathname}`,
      iat: Math.floor(this.#clock.now() / 1_000),
      ...(token !== undefined && { ath: await this.#hash(token) }),
      ...(asked !== undefined && { nonce: asked }),
    };
    return new Jwt(claims).setProtectedHeader(header).sign(toJoseKey(key));
  }

  /** Keeps the nonce of a response, whatever its status (RFC 9449 §8.2). Answers with it, when the response has a valid one. */
  keepNonce(url: string, headers: Headers): string | undefined {
    return this.#nonces.keep(url, headers);
  }

  /** One key for all that ask at once. One that could not be made is made anew at the next use. */
  #open(): ProofSigner | Promise<ProofSigner> {
    const opening = openSigner(this.#given).then(
      (signer) => (this.#signer = signer),
      (cause: unknown) => {
        this.#signer = undefined;
        throw cause;
      },
    );
    this.#signer = opening;
    return opening;
  }

  async #hash(token: string): Promise<string> {
    if (this.#lastHash?.token === token) return this.#lastHash.hash;
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
    const hash = toBase64url(new Uint8Array(digest));
    this.#lastHash = { token, hash };
    return hash;
  }
}

async function openSigner(given: ProofKey | undefined): Promise<ProofSigner> {
  const { SignJWT: Jwt } = await import('jose/jwt/sign');
  if (given !== undefined) {
    const { key, alg } = given;
    return { Jwt, key, header: { typ: 'dpop+jwt', alg, jwk: publicJwk(key) } };
  }
  const { privateKey, publicKey } = await generateKey({ extractable: false });
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return { Jwt, key: privateKey, header: { typ: 'dpop+jwt', alg: 'ES256', jwk: required({ kty, crv, x, y }) } };
}

/** A new key for ES256. */
export const generateKey = ({ extractable }: { extractable: boolean }): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, extractable, ['sign', 'verify']);

/** The public members alone: `createPublicKey` drops the private ones. */
const publicJwk = (key: KeyObject): PublicJwk =>
  required(nodeCrypto('dpop').createPublicKey(key).export({ format: 'jwk' }));

/** The required members of a public key in the order of their names (RFC 7638 §3.2). */
function required({ crv, e, kty, n, x, y }: PublicMembers): PublicJwk {
  const members = Object.entries({ crv, e, kty, n, x, y }).filter(([, value]) => value !== undefined);
  return Object.freeze(Object.fromEntries(members));
}

const thumbprint = (jwk: PublicJwk): string =>
  nodeCrypto('dpop').createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
