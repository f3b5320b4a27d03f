import { createClient, profiles } from '@bearings/client';
import { isSecure } from '@bearings/client/layer';
import type { Client } from '@bearings/client';
import { InvalidTokenResponseError, TokenUnavailableError } from '@bearings/oauth-bearer';
import type { TokenError } from '@bearings/oauth-bearer';
import { isBearingsError } from '@bearings/client/errors';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { UserTokensOptions } from '../user-tokens-options.ts';

/** The metadata of a protected resource, such as an MCP server (RFC 9728 §2). */
export interface ProtectedResource {
  /** Its identifier: what tokens for it are requested with (RFC 8707 §2). */
  readonly resource: string;
  /** The first of its authorization servers. */
  readonly issuer: string;
}

interface Network extends Pick<UserTokensOptions, 'fetch' | 'network' | 'clock' | 'random'> {
  readonly insecureHttp: boolean;
}

/**
 * Finds the authorization server of a protected resource by its metadata: at the well-known place of its path, then, when
 * that answers 404, at the one of its origin (RFC 9728 §3.1).
 *
 * The metadata must name the resource they were asked for (§3.3): another one could send users to its own server.
 */
export async function findProtectedResource(
  url: string,
  network: Network,
): Promise<Result<ProtectedResource, TokenError>> {
  const { fetch, clock, random, network: transport, insecureHttp } = network;
  const injected = { ...(fetch && { fetch }), ...(clock && { clock }), ...(random && { random }) };
  try {
    await using client = createClient(
      { ...profiles.tokenEndpoint, ...injected, insecureHttp, throwHttpErrors: false },
      transport === undefined ? [] : [transport],
    );
    return Ok(await request(client, url, insecureHttp));
  } catch (cause) {
    if (cause instanceof InvalidTokenResponseError) return Err(cause);
    const known = isBearingsError(cause) ? cause : undefined;
    const message = `No metadata of ${new URL(url).origin}: ${known?.message ?? 'the response broke off'}`;
    return Err(new TokenUnavailableError(message, { cause: known }));
  }
}

async function request(client: Client, url: string, insecureHttp: boolean): Promise<ProtectedResource> {
  const { origin, pathname } = new URL(url);
  const wellKnown = `${origin}/.well-known/oauth-protected-resource`;
  const path = pathname.replace(/\/$/, '');
  const places = path === '' ? [wellKnown] : [`${wellKnown}${path}`, wellKnown];
  const [id = url] = url.split('#');
  const expected = new Set([id, id.replace(/\/$/, '')]);
  for (const place of places) {
    const response = await client.fetch(place, { headers: { accept: 'application/json' } });
    if (response.status === 200) return readMetadata(place, await response.text(), { expected, origin, insecureHttp });
    await response.body?.cancel();
    if (response.status !== 404) throw invalid(place, `it answered ${response.status}`);
  }
  throw invalid(places.join(' and '), 'it answered 404');
}

interface Expectation {
  readonly expected: ReadonlySet<string>;
  readonly origin: string;
  readonly insecureHttp: boolean;
}

function readMetadata(place: string, text: string, { expected, origin, insecureHttp }: Expectation): ProtectedResource {
  const { resource, authorization_servers: servers } = parse(text);
  const isRoot = place.endsWith('/oauth-protected-resource');
  const isOurs = (id: string): boolean => expected.has(id) || (isRoot && isOrigin(id, origin));
  if (typeof resource !== 'string' || !isOurs(resource)) throw invalid(place, 'it names another resource');
  const issuer: unknown = Array.isArray(servers) ? servers[0] : undefined;
  const parsed = typeof issuer === 'string' ? URL.parse(issuer) : null;
  if (typeof issuer !== 'string' || parsed === null) throw invalid(place, 'it names no authorization server');
  if (!isSecure(parsed) && !(insecureHttp && parsed.protocol === 'http:')) {
    throw invalid(place, 'its authorization server is not https');
  }
  return { resource, issuer };
}

const isOrigin = (resource: string, origin: string): boolean => resource === origin || resource === `${origin}/`;

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const invalid = (place: string, reason: string): InvalidTokenResponseError =>
  new InvalidTokenResponseError(`The metadata of the protected resource at ${place} are not usable: ${reason}`);
