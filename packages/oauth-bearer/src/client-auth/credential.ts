import { readClientSecret } from './client-secret.ts';
import type { ClientSecret, ReadSecrets } from './client-secret.ts';
import { withCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { clientAuthMethods } from './client-auth-method.ts';
import type { ClientAuthMethod } from './client-auth-method.ts';
import { TokenConfigError } from '../errors.ts';
import { readPrivateKey } from './private-key.ts';
import type { PrivateKey, ReadSigner } from './private-key.ts';

/** What a client authenticates with. */
export interface CredentialConfig {
  /** For the two methods with a secret. Two secrets are tried in order; a function is called at each acquisition. */
  readonly clientSecret?: ClientSecret | undefined;
  /** For `private_key_jwt`. */
  readonly privateKey?: PrivateKey | undefined;
  /** The certificate of the key: its thumbprints are put in the assertion's header, as Microsoft Entra requires. */
  readonly certificate?: Certificate | undefined;
  /** The `kid` in the assertion's header. Default: the `kid` of a JWK, else none. */
  readonly keyId?: string | undefined;
  /** The assertion's algorithm. Default: depends on the key, such as RS256 or ES256. */
  readonly signingAlg?: string | undefined;
  /** The audience of the assertion. Default: the issuer; the token endpoint when only that is known. */
  readonly assertionAudience?: string | undefined;
  /**
   * Default: `private_key_jwt` with a key; with a secret `client_secret_basic`, unless the discovered server supports
   * `client_secret_post` only. `none` must be set explicitly.
   */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** How `client_secret_basic` encodes id and secret: `form` (RFC 6749 App. B), or `raw` for servers that do not decode. Default: `form`. */
  readonly basicEncoding?: 'form' | 'raw' | undefined;
}

/** The names of its fields. */
export const credentialNames: Readonly<Record<keyof CredentialConfig, true>> = {
  clientSecret: true,
  privateKey: true,
  certificate: true,
  keyId: true,
  signingAlg: true,
  assertionAudience: true,
  clientAuthMethod: true,
  basicEncoding: true,
};

/** What a client authenticates with, checked. */
export interface Credential {
  /** The methods it can be used with, the preferred one first. */
  readonly methods: readonly [ClientAuthMethod, ...ClientAuthMethod[]];
  readonly secrets: ReadSecrets | undefined;
  readonly signer: ReadSigner | undefined;
  readonly audience: string | undefined;
  readonly isRaw: boolean;
  /** True when the secret or key is read anew at each acquisition: a function or a file. */
  readonly canChange: boolean;
}

/** @throws TokenConfigError naming the field */
export function readCredential(config: CredentialConfig): Credential {
  const { clientSecret, privateKey, certificate, clientAuthMethod, basicEncoding = 'form' } = config;
  mustBe(
    clientAuthMethod === undefined || clientAuthMethods.includes(clientAuthMethod),
    'clientAuthMethod',
    listMethods(clientAuthMethods),
  );
  mustBe(['form', 'raw'].includes(basicEncoding), 'basicEncoding', listMethods(['form', 'raw']));
  mustBe(
    clientSecret === undefined || privateKey === undefined,
    'clientSecret',
    'and privateKey are both set: set one of them',
  );
  const methods = possibleMethods(config);
  const required = methods[0] === 'private_key_jwt' ? 'privateKey' : 'clientSecret';
  mustBe(
    methods[0] === 'none' || config[required] !== undefined,
    required,
    `must not be empty: ${methods[0]} needs it`,
  );
  return {
    methods,
    secrets: clientSecret === undefined ? undefined : readClientSecret(clientSecret),
    signer: readSigner(config),
    audience: config.assertionAudience,
    isRaw: basicEncoding === 'raw',
    canChange: typeof clientSecret === 'function' || isFile(privateKey) || isFile(certificate),
  };
}

function readSigner(config: CredentialConfig): ReadSigner | undefined {
  const { privateKey, certificate } = config;
  mustBe(
    certificate === undefined || privateKey !== undefined,
    'certificate',
    'needs privateKey, whose certificate it is',
  );
  if (privateKey === undefined) return undefined;
  const signer = readPrivateKey(privateKey, config);
  if (certificate === undefined) return signer;
  const isRight = typeof certificate === 'string' || isFile(certificate);
  mustBe(isRight, 'certificate', 'must be PEM text or { file }');
  return withCertificate(signer, certificate);
}

function isFile(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'file' in given;
}

function possibleMethods({ clientAuthMethod, privateKey, clientSecret }: CredentialConfig): Credential['methods'] {
  if (clientAuthMethod === 'none') {
    mustBe(
      clientSecret === undefined && privateKey === undefined,
      'clientAuthMethod',
      "is 'none', which needs neither secret nor key",
    );
  }
  if (clientAuthMethod !== undefined) return [clientAuthMethod];
  return privateKey === undefined ? ['client_secret_basic', 'client_secret_post'] : ['private_key_jwt'];
}

const listMethods = (names: readonly string[]): string => `must be ${names.map((name) => `'${name}'`).join(' or ')}`;

function mustBe(isRight: boolean, field: string, problem: string): void {
  if (!isRight) throw new TokenConfigError(field, problem);
}
