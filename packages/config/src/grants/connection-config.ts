import type { SecretString } from '@bearings/oauth-bearer';
import type { ConnectionConfig, Provider } from '@bearings/user-tokens';
import { providers } from '@bearings/user-tokens/providers';
import type { AuthorizationCodeAuth } from '../schema/authorization-code-fields.ts';

/** What the references of an `auth` stand for. */
export interface ConnectionSecrets {
  readonly readSecret: (reference: string) => () => Promise<SecretString>;
  readonly dpop: ConnectionConfig['dpop'];
}

/** Converts an `auth` to a connection of `UserTokens`. */
export function toConnectionConfig(
  auth: AuthorizationCodeAuth,
  { readSecret, dpop }: ConnectionSecrets,
): ConnectionConfig {
  const { clientId, clientSecretRef, scopes = [], resource, insecureHttp = false } = auth;
  const provider = findProvider(auth);
  const { clientAuthMethod = clientSecretRef === undefined ? 'none' : provider.clientAuthMethod } = auth;
  return {
    ...provider,
    ...serverOptions(auth),
    clientId,
    ...(clientAuthMethod && { clientAuthMethod }),
    ...(clientSecretRef !== undefined && { clientSecret: readSecret(clientSecretRef) }),
    scopes,
    ...(resource !== undefined && { resource }),
    ...(dpop !== undefined && { dpop }),
    authParams: { ...provider.authParams, ...auth.authParams },
    insecureHttp,
  };
}

/** The issuer; `undefined` for a server without metadata. */
export function grantIssuer(auth: AuthorizationCodeAuth): string | undefined {
  return { ...findProvider(auth), ...serverOptions(auth) }.issuerUrl;
}

/** The authorization server as the config has it: its issuer, else its token endpoint. */
export function grantServer(auth: AuthorizationCodeAuth): string {
  const { issuerUrl, endpoints } = { ...findProvider(auth), ...serverOptions(auth) };
  return issuerUrl ?? endpoints?.token ?? '';
}

const findProvider = ({ provider }: AuthorizationCodeAuth): Provider =>
  Object.entries(providers).find(([name]) => name === provider)?.[1] ?? {};

/** A server that is named here takes the place of the provider's own. */
function serverOptions(auth: AuthorizationCodeAuth): Pick<Provider, 'issuerUrl' | 'endpoints'> {
  const { issuerUrl, authorizationUrl, tokenUrl, revocationUrl, deviceAuthorizationUrl } = auth;
  if (issuerUrl !== undefined) return { issuerUrl, endpoints: undefined };
  if (authorizationUrl === undefined || tokenUrl === undefined) return {};
  const optional = { revocation: revocationUrl, deviceAuthorization: deviceAuthorizationUrl };
  return { issuerUrl: undefined, endpoints: { authorization: authorizationUrl, token: tokenUrl, ...optional } };
}
