import { closestName } from '@bearings/client/layer';
import type { AuthorizationCodeAuth, OAuth2Auth } from '@bearings/config';
import type { ServerMetadata } from '@bearings/oidc-discovery';
import type { RequestFacts } from '../../output/token-http-remedies.ts';
import type { Discovery } from './discovery-check.ts';

/** What a client sends to the token endpoint, and what the server's metadata says about it. */
export function requestFacts(auth: OAuth2Auth | AuthorizationCodeAuth, discovery: Discovery): RequestFacts {
  const isClient = auth.type === 'oauth2_client_credentials';
  const metadata = discovery?.isOk() === true ? discovery.value : undefined;
  const listed = readNames(metadata, 'scopes_supported');
  const unlisted = auth.scopes?.filter((scope) => listed?.includes(scope) === false);
  return {
    grant: isClient ? (auth.grant?.type ?? 'client_credentials') : 'authorization_code',
    usesAssertion: isClient && (auth.privateKeyRef ?? auth.clientAssertion) !== undefined,
    usesDpop: (auth.dpop ?? false) !== false,
    offersDpop: readNames(metadata, 'dpop_signing_alg_values_supported') !== undefined,
    unlistedScopes: unlisted,
    suggestedScope: unlisted?.map((scope) => closestName(scope, listed ?? [])).find((name) => name !== undefined),
  };
}

/** A member of the metadata that is a list of names; `undefined` without it. */
export function readNames(metadata: ServerMetadata | undefined, member: string): readonly string[] | undefined {
  const value = metadata?.[member];
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}
