/**
 * Where the metadata of an issuer may be: OIDC Discovery's location (§4: after the path), then RFC 8414's (§3.1: before
 * the path).
 */
export function metadataLocations(issuer: URL): readonly [oidc: string, oauth: string] {
  const path = issuer.pathname.replace(/\/$/, '');
  return [
    `${issuer.origin}${path}/.well-known/openid-configuration`,
    `${issuer.origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
