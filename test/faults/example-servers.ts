import { catalogue } from './catalogue.ts';
import type { Entry, LiteralResponse } from './catalogue.ts';
import type { SeenRequest } from './seen-request.ts';

/** The catalogue's fixtures. */
export const {
  clientId = '',
  clientSecret = '',
  issuer = '',
  tokenEndpoint = '',
  resource = '',
  refreshToken = '',
} = catalogue.fixtures;

export const isTokenRequest = ({ method }: SeenRequest): boolean => method === 'POST';
export const isDiscoveryRequest = ({ url }: SeenRequest): boolean => url.includes('/.well-known/');
export const isResourceRequest = ({ url }: SeenRequest): boolean => url.startsWith(`${resource}/`);

export function json(value: unknown, status = 200): LiteralResponse {
  return { status, headers: [['content-type', 'application/json']], body: JSON.stringify(value) };
}

/** The response of a healthy token endpoint. */
export function validToken(value: string = catalogue.fixtures.accessToken ?? ''): LiteralResponse {
  return json({ access_token: value, token_type: 'Bearer', expires_in: 3600 });
}

/** The metadata request of an entry. */
interface RequestedMetadata {
  readonly issuer?: string;
  readonly url?: string;
}

/**
 * The servers of an entry. Its literal response comes from the token endpoint or from the metadata URL; every other
 * response is healthy.
 */
export function createServers(entry: Entry): (request: SeenRequest) => LiteralResponse {
  const { issuer: asIssuer, url } = requestedMetadata(entry);
  const place = URL.parse(url ?? '')?.href; // a host has several spellings
  const metadata = entry.response ?? json({ issuer: asIssuer, token_endpoint: `${asIssuer}/token` });
  const token = entry.area === 'discovery' ? validToken() : (entry.response ?? validToken());
  return (request) => {
    if (isResourceRequest(request)) return json({});
    if (isTokenRequest(request)) return token;
    return request.url === place ? metadata : json({}, 404);
  };
}

/** The issuer of an entry, and the URL of its metadata. */
export function requestedMetadata({ request }: Entry): RequestedMetadata {
  const asked: RequestedMetadata = request ?? {};
  return asked;
}
