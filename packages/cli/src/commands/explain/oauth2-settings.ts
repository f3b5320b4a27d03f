import type { NetworkConfig, OAuth2Auth } from '@bearings/config';
import { usesCertificateMethod } from '../../config/client-certificate.ts';

/** How an OAuth client gets its tokens: references, not secrets. */
export interface OAuth2Settings {
  /** As in the config, such as `token_exchange`. */
  readonly grant: string;
  /** What the grant presents; null when that is the client itself. */
  readonly grantFrom: string | null;
  /** As in the config; `client_secret_basic` stands for the default, which depends on the server. */
  readonly clientAuthMethod: string;
  /** The reference, file or platform that the client is authenticated by; null for a public client. */
  readonly authenticatedBy: string | null;
  /** What tokens are bound to; null for bearer tokens. */
  readonly boundTo: string | null;
  /** The scopes that a call may get when the API demands them. */
  readonly stepUp: readonly string[];
  readonly securityProfile: string | null;
}

/** Reads how an OAuth client gets its tokens. */
export function readOAuth2Settings(auth: OAuth2Auth, network?: NetworkConfig): OAuth2Settings {
  const { clientSecretRef, privateKeyRef, clientAssertion, clientAuthMethod, stepUp, profile } = auth;
  const isSigned = (privateKeyRef ?? clientAssertion) !== undefined;
  return {
    grant: auth.grant?.type ?? 'client_credentials',
    grantFrom: describeGrant(auth),
    clientAuthMethod: clientAuthMethod ?? (isSigned ? 'private_key_jwt' : 'client_secret_basic'),
    authenticatedBy:
      clientSecretRef ??
      privateKeyRef ??
      describeAssertion(auth) ??
      (usesCertificateMethod(auth) ? describeCertificate(network) : null),
    boundTo: auth.certificateBoundTokens === true ? describeCertificate(network) : describeKey(auth),
    stepUp: stepUp?.allow ?? [],
    securityProfile: profile ?? null,
  };
}

const describeCertificate = (network: NetworkConfig | undefined): string =>
  `the certificate from ${network?.certFile ?? 'network'}`;

/** The key that `dpop` binds tokens to; null without it. */
export function describeKey({ dpop }: Pick<OAuth2Auth, 'dpop'>): string | null {
  if (typeof dpop === 'object') return `the key from ${dpop.privateKeyRef}`;
  return dpop === true ? 'a new key' : null;
}

function describeGrant({ grant }: OAuth2Auth): string | null {
  if (grant === undefined || grant.type === 'client_credentials') return null;
  if (grant.type === 'jwt_bearer') {
    if (grant.assertionRef !== undefined) return `the JWT from ${grant.assertionRef}`;
    const subject = grant.subject === undefined ? '' : ` for ${grant.subject}`;
    return `a JWT${subject}, signed by the key from ${grant.privateKeyRef ?? ''}`;
  }
  const actor = grant.actorTokenRef === undefined ? '' : `, with ${grant.actorTokenRef} as the actor`;
  return `the token from ${grant.subjectTokenRef}${actor}`;
}

function describeAssertion({ clientAssertion }: OAuth2Auth): string | null {
  if (clientAssertion === undefined) return null;
  const { platform, file } = clientAssertion;
  const from = [platform, file].filter((part) => part !== undefined).join(', ');
  return `the assertion of ${from}`;
}

/** The lines about them in `bearings explain`. */
export function formatOAuth2Settings(auth: OAuth2Auth, network?: NetworkConfig): readonly string[] {
  const { grant, grantFrom, clientAuthMethod, authenticatedBy, boundTo, stepUp, securityProfile } = readOAuth2Settings(
    auth,
    network,
  );
  const isDefault = auth.clientAuthMethod === undefined && clientAuthMethod === 'client_secret_basic';
  const method = isDefault ? 'client_secret_basic unless the server lists only client_secret_post' : clientAuthMethod;
  const { scopes = [] } = auth;
  return [
    `tokens from ${auth.issuerUrl ?? auth.tokenUrl}, by the grant ${grant}${grantFrom === null ? '' : ` with ${grantFrom}`}`,
    `client ${auth.clientId}, authenticated by ${authenticatedBy ?? 'no secret'} (${method})`,
    `scopes ${scopes.length === 0 ? 'none requested' : scopes.join(' ')}`,
    boundTo === null
      ? 'bearer tokens'
      : `tokens bound to ${boundTo} (${auth.certificateBoundTokens === true ? 'RFC 8705' : 'DPoP'})`,
    ...(stepUp.length === 0 ? [] : [`step-up to ${stepUp.join(' ')}, when the API demands it`]),
    ...(securityProfile === null ? [] : [`security profile ${securityProfile}`]),
  ];
}
