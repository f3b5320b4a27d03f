import type { TokenSource } from '../sources/token-source.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { shared } from './shared.ts';

/** The source of a token, shared when its config has a store. */
export function shareToken(source: TokenSource, settings: TokenSettings): TokenSource {
  const { sharing, minRefreshPeriodMs, clock, random } = settings;
  if (sharing === undefined) return source;
  return shared(source, { ...sharing, identity: identify(settings), minRefreshPeriodMs, clock, random });
}

/** Everything in a config that decides which token the server issues. The order of scopes does not. */
function identify({ server, clientId, credential, scopes, params, headers, bearerTypes }: TokenSettings): unknown {
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
  ];
}
