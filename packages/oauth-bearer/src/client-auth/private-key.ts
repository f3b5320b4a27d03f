import type { JsonWebKeyInput, KeyObject, webcrypto } from 'node:crypto';
import { TokenConfigError } from '../errors.ts';
import { nodeCrypto } from '../node/built-in.ts';

/** Named so because not every version of `@types/node` exports `JsonWebKey`. */
type JsonWebKey = JsonWebKeyInput['key'];

/** A private key: PEM text, a JWK, a CryptoKey, or a file (PEM or JWK) that is read at each acquisition. */
export type PrivateKey = string | JsonWebKey | webcrypto.CryptoKey | { readonly file: string };

/** A key, ready to sign. */
export interface Signer {
  readonly key: SigningKey;
  /** The JWS algorithm (RFC 7518 §3.1). */
  readonly alg: string;
  /** The name by which the server knows the key. */
  readonly kid: string | undefined;
  /** Those of the key's certificate. */
  readonly thumbprints?: { readonly x5t: string; readonly 'x5t#S256': string };
}

type SigningKey = KeyObject | webcrypto.CryptoKey;

/** Reads the key as it is now. The same key gives the same signer. */
export type ReadSigner = () => Promise<Signer>;

/** What the config says about the key. */
export interface KeyOptions {
  /** Default: the `kid` of a JWK, else none. */
  readonly keyId?: string | undefined;
  /** Default: depends on the key, such as RS256 or ES256. */
  readonly signingAlg?: string | undefined;
  /** The algorithms that are allowed. Default: all. */
  readonly algorithms?: readonly string[] | undefined;
}

/** @throws TokenConfigError when it is not a private key; a file is checked when it is read, and named by its path */
export function readPrivateKey(given: PrivateKey, options: KeyOptions): ReadSigner {
  if (isFile(given)) return readFrom(given.file, options);
  const signer = createSigner(given, options, 'value');
  return async () => signer;
}

function readFrom(file: string, options: KeyOptions): ReadSigner {
  let last: { readonly hash: string; readonly signer: Signer } | undefined;
  return async () => {
    const content = await readKeyFile(file);
    const hash = nodeCrypto('privateKey').createHash('sha256').update(content).digest('base64');
    if (last?.hash !== hash) last = { hash, signer: createSigner(content, options, `file ${JSON.stringify(file)}`) };
    return last.signer;
  };
}

function isFile(given: PrivateKey): given is { readonly file: string } {
  return typeof given === 'object' && given !== null && 'file' in given;
}

async function readKeyFile(file: string): Promise<string> {
  try {
    const { readFile } = await import('node:fs/promises');
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
    throw new TokenConfigError('privateKey', `file ${JSON.stringify(file)} cannot be read (${code})`);
  }
}

type KeyMaterial = string | JsonWebKey | webcrypto.CryptoKey;

function createSigner(
  given: KeyMaterial,
  { keyId, signingAlg, algorithms: allowed }: KeyOptions,
  where: string,
): Signer {
  const { key, jwk } = parseKey(given, where);
  const algorithms = isCryptoKey(key) ? cryptoKeyAlgorithms(key) : keyObjectAlgorithms(key, where);
  const alg = signingAlg ?? asString(jwk['alg']) ?? algorithms[0];
  if (key.type !== 'private' || alg === undefined) throw notAPrivateKey(where);
  if (allowed !== undefined && !allowed.includes(alg)) {
    const problem = `is ${JSON.stringify(alg)}, which the profile does not allow: set one of ${allowed.join(', ')}`;
    throw new TokenConfigError('signingAlg', problem);
  }
  if (algorithms.includes(alg)) return { key, alg, kid: keyId ?? asString(jwk['kid']) };
  throw new TokenConfigError('signingAlg', `is ${JSON.stringify(alg)}, but the key supports ${algorithms.join(', ')}`);
}

/** Node's own errors are not kept: some quote the place in the text where they failed. */
function parseKey(given: KeyMaterial, where: string): { readonly key: SigningKey; readonly jwk: JsonWebKey } {
  if (isCryptoKey(given)) return { key: given, jwk: {} };
  const { createPrivateKey } = nodeCrypto('privateKey');
  try {
    if (typeof given === 'string' && !given.trimStart().startsWith('{'))
      return { key: createPrivateKey(given.trim()), jwk: {} }; // Deno takes no empty lines around it
    const jwk: JsonWebKey = typeof given === 'string' ? JSON.parse(given) : given;
    return { key: createPrivateKey({ key: jwk, format: 'jwk' }), jwk };
  } catch {
    throw notAPrivateKey(where);
  }
}

function notAPrivateKey(where: string): TokenConfigError {
  return new TokenConfigError(
    'privateKey',
    `${where} is not a private key: use PEM (not encrypted), a JWK or a CryptoKey`,
  );
}

function isCryptoKey(given: KeyMaterial | SigningKey): given is webcrypto.CryptoKey {
  return Object.prototype.toString.call(given) === '[object CryptoKey]';
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const rsaHashes = ['256', '384', '512'];
const pkcs1 = rsaHashes.map((bits) => `RS${bits}`);
const pss = rsaHashes.map((bits) => `PS${bits}`);
const curves: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
]);

/** The algorithms that a key can sign with, the usual one first. */
function keyObjectAlgorithms(
  { asymmetricKeyType: kind, asymmetricKeyDetails: details }: KeyObject,
  where: string,
): string[] {
  if (kind === 'rsa' || kind === 'rsa-pss') {
    const bits = details?.modulusLength ?? 0;
    if (bits >= 2_048) return kind === 'rsa' ? [...pkcs1, ...pss] : pss;
    throw new TokenConfigError(
      'privateKey',
      `${where} is an RSA key of ${bits} bits; at least 2048 are required (RFC 7518 §3.3)`,
    );
  }
  if (kind === 'ed25519') return ['EdDSA', 'Ed25519'];
  return [curves.get(details?.namedCurve) ?? []].flat();
}

/** A CryptoKey is for one algorithm. */
function cryptoKeyAlgorithms({ algorithm }: webcrypto.CryptoKey): string[] {
  const { name, hash, namedCurve }: { name: string; hash?: { name: string }; namedCurve?: string } = algorithm;
  const bits = hash?.name.replace('SHA-', '') ?? '';
  if (name === 'RSASSA-PKCS1-v1_5') return [`RS${bits}`];
  if (name === 'RSA-PSS') return [`PS${bits}`];
  if (name === 'Ed25519') return ['EdDSA', 'Ed25519'];
  return [curves.get(namedCurve) ?? []].flat();
}
