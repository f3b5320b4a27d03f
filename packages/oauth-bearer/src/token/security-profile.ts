import type { CredentialConfig } from '../client-auth/credential.ts';
import { TokenConfigError } from '../errors.ts';

/** A set of rules that a config must keep. */
export type SecurityProfile = 'fapi2';

/** What of a config a profile looks at. */
interface ProfiledConfig extends CredentialConfig {
  readonly profile?: SecurityProfile | undefined;
  readonly issuerUrl?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly insecureHttp?: boolean;
  readonly bearerTokenTypes?: readonly string[];
  readonly dpop?: unknown;
  readonly certificateBoundTokens?: boolean | undefined;
}

/** The algorithms of FAPI 2.0 (§5.4.1). */
const fapiAlgorithms: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** The client authentication of FAPI 2.0 (§5.3.3.1). */
const fapiMethods: readonly string[] = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'];

/** What a profile forbids: the field, whether a config breaks the rule, and what would be right. */
type Rule = readonly [field: keyof ProfiledConfig, breaks: (config: ProfiledConfig) => boolean, right: string];

const fapi2: readonly Rule[] = [
  [
    'tokenEndpoint',
    ({ tokenEndpoint }) => tokenEndpoint !== undefined,
    'set issuerUrl: the endpoint comes from its metadata',
  ],
  ['insecureHttp', ({ insecureHttp }) => insecureHttp === true, 'leave it out: everything goes over TLS'],
  ['issuerUrl', ({ issuerUrl }) => issuerUrl?.startsWith('https:') !== true, 'must be https'],
  [
    'clientSecret',
    ({ clientSecret }) => clientSecret !== undefined,
    'use privateKey, clientAssertion or a client certificate: a shared secret is not allowed',
  ],
  [
    'clientAuthMethod',
    ({ clientAuthMethod: method }) => method !== undefined && !fapiMethods.includes(method),
    `must be one of ${fapiMethods.join(', ')}`,
  ],
  [
    'assertionAudience',
    ({ assertionAudience, issuerUrl }) => assertionAudience !== undefined && assertionAudience !== issuerUrl,
    'must be the issuer, which is the default',
  ],
  [
    'signingAlg',
    ({ signingAlg }) => signingAlg !== undefined && !fapiAlgorithms.includes(signingAlg),
    `must be one of ${fapiAlgorithms.join(', ')}`,
  ],
  [
    'bearerTokenTypes',
    ({ bearerTokenTypes = [] }) => bearerTokenTypes.length > 0,
    'leave it out: a token without a proof is refused',
  ],
  [
    'dpop',
    ({ dpop = false, certificateBoundTokens }) => dpop === false && certificateBoundTokens !== true,
    'set it to true, or certificateBoundTokens: a token must be bound to a key',
  ],
];

/**
 * Checks a config against its profile.
 *
 * @returns the algorithms that keys may sign with; `undefined` for all
 * @throws TokenConfigError naming the field that the profile forbids, before anything is sent
 */
export function checkProfile(config: ProfiledConfig): readonly string[] | undefined {
  const { profile } = config;
  if (profile === undefined) return undefined;
  if (profile !== 'fapi2') throw new TokenConfigError('profile', "must be 'fapi2'");
  const [broken] = fapi2.filter(([, breaks]) => breaks(config));
  if (broken === undefined) return fapiAlgorithms;
  const [field, , right] = broken;
  throw new TokenConfigError(field, `is not as the profile fapi2 demands: ${right} (FAPI 2.0 §5.3)`);
}
