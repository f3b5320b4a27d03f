import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { isSecure } from '@bearings/client/layer';
import { chooseNetwork } from './discovery-options.ts';
import type { DiscoveryOptions } from './discovery-options.ts';
import { DiscoveryConfigError, DiscoveryUnavailableError, InvalidMetadataError, isDiscoveryError } from './errors.ts';
import type { DiscoveryError } from './errors.ts';
import { fetchDocument } from './fetch-document.ts';
import { readMetadataUrl } from './issuer-url.ts';
import { readDocument } from './read-document.ts';
import type { Document } from './read-document.ts';

/**
 * The metadata of a protected resource (RFC 9728 §2). The members named here are checked, the others are as the server
 * sent them.
 */
export interface ResourceMetadata {
  /** The identifier of the resource: the `resource` parameter of token requests (RFC 8707). */
  readonly resource: string;
  /** The issuers whose tokens it accepts. */
  readonly authorization_servers: readonly [string, ...string[]];
  readonly scopes_supported?: readonly string[];
  readonly [member: string]: unknown;
}

/**
 * The metadata of a protected resource, such as an MCP server: at the well-known place for its path, then, when that
 * answers 400, 401, 403, 404, 405 or 410, at the one of its origin (RFC 9728 §3.1). It is not cached.
 *
 * @param resourceUrl - the document must name it; the one of the origin may name the origin (RFC 9728 §3.3)
 * @param options - `metadataUrl` is the `resource_metadata` of a challenge (RFC 9728 §5.1)
 */
export async function discoverResource(
  resourceUrl: string,
  options: Omit<DiscoveryOptions, 'maxAgeMs'> = {},
): Promise<Result<ResourceMetadata, DiscoveryError>> {
  const { insecureHttp = false, metadataUrl } = options;
  try {
    chooseNetwork(options);
    const resource = readResourceUrl(resourceUrl, insecureHttp);
    const locations =
      metadataUrl === undefined ? resourceLocations(resource) : [readMetadataUrl(metadataUrl, insecureHttp)];
    const read = async (response: Response, url: string): Promise<ResourceMetadata> =>
      readResource(await readDocument(response, url), { resourceUrl, url, insecureHttp });
    return Ok(await fetchDocument({ locations, owner: 'resource', options, read }));
  } catch (cause) {
    return Err(isDiscoveryError(cause) ? cause : new DiscoveryUnavailableError(resourceUrl, cause));
  }
}

/** @throws DiscoveryConfigError */
function readResourceUrl(resourceUrl: string, insecureHttp: boolean): URL {
  const url = URL.parse(resourceUrl);
  if (url !== null && isAllowed(url, insecureHttp)) return url;
  throw new DiscoveryConfigError(
    'resourceUrl',
    'The resource URL must be https (or http on loopback), without user and fragment',
  );
}

const isAllowed = (url: URL, insecureHttp: boolean): boolean =>
  (isSecure(url) || (insecureHttp && url.protocol === 'http:')) &&
  url.username === '' &&
  url.password === '' &&
  url.hash === '';

const wellKnownPath = '/.well-known/oauth-protected-resource';

function resourceLocations({ origin, pathname }: URL): readonly string[] {
  const root = `${origin}${wellKnownPath}`;
  const path = pathname.replace(/\/$/, '');
  return path === '' ? [root] : [`${root}${path}`, root];
}

interface ResourceContext {
  readonly resourceUrl: string;
  /** Where the document was. */
  readonly url: string;
  readonly insecureHttp: boolean;
}

/** @throws InvalidMetadataError */
function readResource(document: Document | undefined, context: ResourceContext): ResourceMetadata {
  const { resource, authorization_servers: servers, scopes_supported: scopes, ...others } = document ?? {};
  const { url, insecureHttp } = context;
  if (typeof resource !== 'string') throw new InvalidMetadataError(url, 'it is not a JSON object with a resource');
  if (!isNamed(resource, context)) throw new InvalidMetadataError(url, 'they are those of another resource');
  const list: readonly unknown[] = Array.isArray(servers) ? servers : [];
  const [first, ...rest] = list.filter((each) => typeof each === 'string');
  const isUsable = list.every((each) => typeof each === 'string' && isIssuer(each, insecureHttp));
  if (first === undefined || !isUsable) {
    throw new InvalidMetadataError(url, 'authorization_servers is not a list of https URLs');
  }
  const issuers: ResourceMetadata['authorization_servers'] = [first, ...rest];
  const known = Array.isArray(scopes) && scopes.every((each) => typeof each === 'string') ? scopes : undefined;
  return Object.freeze({
    ...others,
    ...(known && { scopes_supported: known }),
    resource,
    authorization_servers: issuers,
  });
}

const isIssuer = (text: string, insecureHttp: boolean): boolean => {
  const url = URL.parse(text);
  return url !== null && isAllowed(url, insecureHttp);
};

/** Another resource could send users to its own issuer. A slash at the end makes no difference. */
function isNamed(resource: string, { resourceUrl, url }: ResourceContext): boolean {
  const { origin, pathname } = new URL(url);
  const isRoot = pathname === wellKnownPath && origin === new URL(resourceUrl).origin;
  const withoutSlash = (text: string): string => text.replace(/\/$/, '');
  return [resourceUrl, ...(isRoot ? [origin] : [])].some((each) => withoutSlash(each) === withoutSlash(resource));
}
