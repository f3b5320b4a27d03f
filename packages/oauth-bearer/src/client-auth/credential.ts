import { readClientSecret } from './client-secret.ts';
import type { AskForSecrets, ClientSecret } from './client-secret.ts';
import { TokenConfigError } from '../errors.ts';
import { readPrivateKey } from './private-key.ts';
import type { AskForSigner, PrivateKey } from './private-key.ts';

/** How a client proves who it is (RFC 6749 §2.3.1, RFC 7523 §2.2); `none` is for a client that cannot. */
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

/** Every method there is. */
const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

/** What a client proves itself with. */
export interface CredentialConfig {
  /** For the two methods with a secret. A list of two is tried in order; a function is asked at each acquisition. */
  readonly clientSecret?: ClientSecret | undefined;
  /** For `private_key_jwt`. */
  readonly privateKey?: PrivateKey | undefined;
  /** The `kid` of the assertion's header. Default: a JWK's own. */
  readonly keyId?: string | undefined;
  /** The assertion's algorithm. Default: by the key, such as RS256 or ES256. */
  readonly signingAlg?: string | undefined;
  /** Whom the assertion is for. Default: the issuer; the token endpoint when only that is known. */
  readonly assertionAudience?: string | undefined;
  /**
   * Default: `private_key_jwt` with a key; with a secret `client_secret_basic`, unless the discovered server takes
   * `client_secret_post` only. `none` must be said.
   */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** How `client_secret_basic` writes id and secret. Default: `form`, as RFC 6749 App. B says; `raw` for servers that do not decode. */
  readonly basicEncoding?: 'form' | 'raw' | undefined;
}

/** What a client proves itself with, checked. */
export interface Credential {
  /** What it can be used by, the preferred first. */
  readonly methods: readonly [ClientAuthMethod, ...ClientAuthMethod[]];
  readonly secrets: AskForSecrets | undefined;
  readonly signer: AskForSigner | undefined;
  readonly audience: string | undefined;
  readonly isRaw: boolean;
}

/** @throws TokenConfigError naming the field */
export function readCredential(config: CredentialConfig): Credential {
  const { clientSecret, privateKey, clientAuthMethod, basicEncoding = 'form' } = config;
  mustBe(
    clientAuthMethod === undefined || clientAuthMethods.includes(clientAuthMethod),
    'clientAuthMethod',
    oneOf(clientAuthMethods),
  );
  mustBe(['form', 'raw'].includes(basicEncoding), 'basicEncoding', oneOf(['form', 'raw']));
  mustBe(
    clientSecret === undefined || privateKey === undefined,
    'clientSecret',
    'and privateKey are both set: give one',
  );
  const methods = methodsFor(config);
  const needs = methods[0] === 'private_key_jwt' ? 'privateKey' : 'clientSecret';
  mustBe(methods[0] === 'none' || config[needs] !== undefined, needs, `must not be empty: ${methods[0]} needs it`);
  return {
    methods,
    secrets: clientSecret === undefined ? undefined : readClientSecret(clientSecret),
    signer: privateKey === undefined ? undefined : readPrivateKey(privateKey, config),
    audience: config.assertionAudience,
    isRaw: basicEncoding === 'raw',
  };
}

function methodsFor({ clientAuthMethod, privateKey, clientSecret }: CredentialConfig): Credential['methods'] {
  if (clientAuthMethod === 'none') {
    mustBe(
      clientSecret === undefined && privateKey === undefined,
      'clientAuthMethod',
      "is 'none', which needs no secret and no key",
    );
  }
  if (clientAuthMethod !== undefined) return [clientAuthMethod];
  return privateKey === undefined ? ['client_secret_basic', 'client_secret_post'] : ['private_key_jwt'];
}

const oneOf = (names: readonly string[]): string => `must be ${names.map((name) => `'${name}'`).join(' or ')}`;

function mustBe(isRight: boolean, field: string, problem: string): void {
  if (!isRight) throw new TokenConfigError(field, problem);
}
