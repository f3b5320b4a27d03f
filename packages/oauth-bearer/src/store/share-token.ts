import type { IssuedToken, TokenSource } from '../sources/token-source.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { shared } from './shared.ts';

/** The source of a token, shared when its config has a store. */
export function shareToken(source: TokenSource, settings: TokenSettings): TokenSource {
  const { sharing, minRefreshPeriodMs, clock, random, certificate } = settings;
  if (sharing === undefined) return source;
  const identity = identify(settings);
  // a token that may be bound to a certificate is not for replicas with another one, nor for this one after a change
  const current = certificate && (async () => [...identity, `x5t#S256 ${await certificate.readThumbprint()}`]);
  const made = shared(source, { ...sharing, identity: current ?? identity, minRefreshPeriodMs, clock, random });
  return { ...made, acquire: async (options) => (await made.acquire(options)).map((issued) => bind(issued, settings)) };
}

/** A token from the store, bound again: neither the key nor the binding is stored. */
function bind(issued: IssuedToken, { dpopKey, certificate }: TokenSettings): IssuedToken {
  if (certificate?.isBound === true) return { ...issued, isCertificateBound: true };
  return dpopKey !== undefined && issued.scheme === 'DPoP' ? { ...issued, dpopKey } : issued;
}

/** Everything in a config that decides which token the server issues. The order of scopes does not. */
function identify({
  server,
  clientId,
  credential,
  scopes,
  params,
  headers,
  bearerTypes,
  dpopKey,
  grant,
}: TokenSettings): readonly unknown[] {
  const sorted = (pairs: readonly (readonly [string, string])[]): readonly string[] =>
    pairs.map((pair) => JSON.stringify(pair)).toSorted();
  return [
    'issuerUrl' in server ? [server.issuerUrl, server.metadataUrl ?? ''] : [server.tokenEndpoint],
    clientId,
    [credential.methods, credential.audience ?? ''],
    [...new Set(scopes)].toSorted(),
    sorted(params.filter(([name]) => name !== 'scope')),
    sorted(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)),
    bearerTypes.toSorted(),
    ...(grant === undefined ? [] : [[grant.type, grant.identity]]),
    // without a key as it was before there were keys
    ...(dpopKey === undefined ? [] : [`dpop ${dpopKey.thumbprint ?? ''}`]),
  ];
}
