/** The endpoints of an issuer and their paths. `device` is the page on which a user enters the code of a device. */
export const endpointPaths = {
  token: '/token',
  jwks: '/jwks',
  authorization: '/authorize',
  device_authorization: '/device_authorization',
  device: '/device',
  revocation: '/revoke',
  introspection: '/introspect',
  userinfo: '/userinfo',
} as const;

/** An endpoint with one path. */
export type PathEndpoint = keyof typeof endpointPaths;

/** An endpoint of an issuer. */
export type IssuerEndpoint = 'metadata' | PathEndpoint;

/** All endpoints. The first is the default for faults. */
export const issuerEndpoints: readonly [IssuerEndpoint, ...IssuerEndpoint[]] = [
  'token',
  'metadata',
  'jwks',
  'authorization',
  'device_authorization',
  'device',
  'revocation',
  'introspection',
  'userinfo',
];

/** The endpoint at a URL. Metadata has two paths: OIDC Discovery §4 and RFC 8414 §3.1. */
export function findIssuerEndpoint(url: string, issuerPath: string): IssuerEndpoint | undefined {
  const { pathname } = new URL(url);
  const path = issuerPath.replace(/\/$/, '');
  if (pathname === `${path}/.well-known/openid-configuration`) return 'metadata';
  if (pathname === `/.well-known/oauth-authorization-server${path}`) return 'metadata';
  return issuerEndpoints.find((name) => name !== 'metadata' && pathname === `${path}${endpointPaths[name]}`);
}
