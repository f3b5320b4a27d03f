import { readClientSecret } from './client-secret.ts';
import type { ClientSecret, ReadSecrets } from './client-secret.ts';
import { readClientAssertion } from './given-assertion.ts';
import type { ClientAssertion, ReadAssertion } from './given-assertion.ts';
import { withCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { clientAuthMethods, isCertificateMethod } from './client-auth-method.ts';
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
  /**
   * For `private_key_jwt`, when another party signs: a file that is read at each acquisition, or a function. It is sent as it
   * is, and refused when it has expired by its own `exp`.
   */
  readonly clientAssertion?: ClientAssertion | undefined;
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
   * `client_secret_post` only. `none` must be set explicitly, and so must `tls_client_auth` and `self_signed_tls_client_auth`
   * (RFC 8705 §2), whose certificate is that of `network`: `withUndici({ tls: { cert, key } })`.
   */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** How `client_secret_basic` encodes id and secret: `form` (RFC 6749 App. B), or `raw` for servers that do not decode. Default: `form`. */
  readonly basicEncoding?: 'form' | 'raw' | undefined;
}

/** The names of its fields. */
export const credentialNames: Readonly<Record<keyof CredentialConfig, true>> = {
  clientSecret: true,
  privateKey: true,
  clientAssertion: true,
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
  readonly assertion: ReadAssertion | undefined;
  readonly audience: string | undefined;
  readonly isRaw: boolean;
  /** True when the secret or key is read anew at each acquisition: a function or a file. */
  readonly canChange: boolean;
}

/**
 * @param algorithms - those that a key may sign with. Default: all
 * @throws TokenConfigError naming the field
 */
export function readCredential(config: CredentialConfig, algorithms?: readonly string[]): Credential {
  const { clientSecret, privateKey, clientAssertion, certificate, clientAuthMethod, basicEncoding = 'form' } = config;
  mustBe(
    clientAuthMethod === undefined || clientAuthMethods.includes(clientAuthMethod),
    'clientAuthMethod',
    listMethods(clientAuthMethods),
  );
  mustBe(['form', 'raw'].includes(basicEncoding), 'basicEncoding', listMethods(['form', 'raw']));
  checkAlone(config);
  const methods = possibleMethods(config);
  const required = methods[0] === 'private_key_jwt' ? 'privateKey' : 'clientSecret';
  mustBe(
    needsNoProof(methods[0]) || config[required] !== undefined || isAsserted(config, methods[0]),
    required,
    `must not be empty: ${methods[0]} needs it`,
  );
  return {
    methods,
    secrets: clientSecret === undefined ? undefined : readClientSecret(clientSecret),
    signer: readSigner(config, algorithms),
    assertion: clientAssertion === undefined ? undefined : readClientAssertion(clientAssertion),
    audience: config.assertionAudience,
    isRaw: basicEncoding === 'raw',
    canChange:
      isCertificateMethod(methods[0]) ||
      clientAssertion !== undefined ||
      typeof clientSecret === 'function' ||
      isFile(privateKey) ||
      isFile(certificate),
  };
}

const needsNoProof = (method: ClientAuthMethod): boolean => method === 'none' || isCertificateMethod(method);

/** Each of them says who the client is. */
const proofs = ['clientSecret', 'privateKey', 'clientAssertion'] as const;

function checkAlone(config: CredentialConfig): void {
  const [first, second] = proofs.filter((name) => config[name] !== undefined);
  mustBe(second === undefined, first ?? '', `and ${second} are both set: set one of them`);
}

const isAsserted = ({ clientAssertion }: CredentialConfig, method: ClientAuthMethod): boolean =>
  clientAssertion !== undefined && method === 'private_key_jwt';

function readSigner(config: CredentialConfig, algorithms: readonly string[] | undefined): ReadSigner | undefined {
  const { privateKey, certificate } = config;
  mustBe(
    certificate === undefined || privateKey !== undefined,
    'certificate',
    'needs privateKey, whose certificate it is',
  );
  if (privateKey === undefined) return undefined;
  const signer = readPrivateKey(privateKey, { ...config, algorithms });
  if (certificate === undefined) return signer;
  const isRight = typeof certificate === 'string' || isFile(certificate);
  mustBe(isRight, 'certificate', 'must be PEM text or { file }');
  return withCertificate(signer, certificate);
}

function isFile(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'file' in given;
}

function possibleMethods(config: CredentialConfig): Credential['methods'] {
  const { clientAuthMethod } = config;
  if (clientAuthMethod !== undefined && needsNoProof(clientAuthMethod)) {
    const given = [...proofs, 'certificate' as const].filter((name) => config[name] !== undefined);
    const need =
      clientAuthMethod === 'none' ? 'needs neither secret nor key' : 'takes its certificate and key from network';
    mustBe(given.length === 0, 'clientAuthMethod', `is '${clientAuthMethod}', which ${need}: leave out ${given[0]}`);
  }
  if (clientAuthMethod !== undefined) return [clientAuthMethod];
  const isSigned = config.privateKey !== undefined || config.clientAssertion !== undefined;
  return isSigned ? ['private_key_jwt'] : ['client_secret_basic', 'client_secret_post'];
}

const listMethods = (names: readonly string[]): string => `must be ${names.map((name) => `'${name}'`).join(' or ')}`;

function mustBe(isRight: boolean, field: string, problem: string): void {
  if (!isRight) throw new TokenConfigError(field, problem);
}
