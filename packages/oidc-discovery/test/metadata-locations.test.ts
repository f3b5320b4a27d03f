import { expect, test } from 'vitest';
import { metadataLocations } from '../src/metadata-locations.ts';

test.each([
  ['https://as.example', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
  ['https://as.example/', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
  ['https://as.example/a/b', '/a/b/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/a/b'],
  ['https://as.example/a/', '/a/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/a'],
])('the metadata of %s is after the path (OIDC) or before it (RFC 8414)', (issuer, oidc, oauth) => {
  expect(metadataLocations(new URL(issuer))).toEqual([`https://as.example${oidc}`, `https://as.example${oauth}`]);
});
