import { createClient, profiles } from '@bearings/client';
import type { Clock, Layer } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { transportLayerRule } from '@bearings/client/layer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { DiscoveryConfigError, DiscoveryHttpError, DiscoveryUnavailableError } from './errors.ts';
import type { DiscoveryError, MetadataAnswer } from './errors.ts';
import { readIssuerUrl, readMetadataUrl } from './issuer-url.ts';
import { cachedMetadata } from './metadata-cache.ts';
import { metadataLocations } from './metadata-locations.ts';
import { readMetadata } from './metadata.ts';
import type { ServerMetadata } from './metadata.ts';

export interface DiscoveryOptions {
  /** Where the metadata is, if not at a well-known place below the issuer. It must name the issuer all the same. */
  readonly metadataUrl?: string;
  /** A document that was received longer ago is requested again. Default: an hour. */
  readonly maxAgeMs?: number;
  /** Allows `http:` issuers and endpoints beyond loopback. Default: false. */
  readonly insecureHttp?: boolean;
  /** The network. Documents are cached per network, clock and `random`. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The network as a layer, such as `withUndici({ proxy })`, in place of `fetch`. You close it. */
  readonly network?: Layer | undefined;
  /** For timeouts and backoff. Default: the system's clock. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The token endpoint of an issuer.
 *
 * @see discover
 */
export async function discoverTokenEndpoint(
  issuerUrl: string,
  options?: DiscoveryOptions,
): Promise<Result<string, DiscoveryError>> {
  return (await discover(issuerUrl, options)).map(({ token_endpoint: endpoint }) => endpoint);
}

/**
 * The metadata of an issuer: OIDC Discovery's location first, RFC 8414's when that answers 400, 401, 403, 404, 405 or
 * 410. Redirects within the origin are followed.
 *
 * One request per issuer for any number of concurrent callers; the document is cached for an hour, a failure is not.
 * Transport failures and 5xx are retried, within 30 s in all.
 *
 * @param issuerUrl - compared with the document's `issuer` character by character
 */
export async function discover(
  issuerUrl: string,
  options: DiscoveryOptions = {},
): Promise<Result<ServerMetadata, DiscoveryError>> {
  const { insecureHttp = false, metadataUrl } = options;
  try {
    const issuer = readIssuerUrl(issuerUrl, insecureHttp);
    const locations =
      metadataUrl === undefined ? metadataLocations(issuer) : [readMetadataUrl(metadataUrl, insecureHttp)];
    const key = JSON.stringify([insecureHttp, issuerUrl, metadataUrl]);
    const cached = { ...options, network: chooseNetwork(options) };
    return Ok(await cachedMetadata(key, () => fetchMetadata({ locations, issuerUrl, options }), cached));
  } catch (cause) {
    return Err(isDiscoveryError(cause) ? cause : new DiscoveryUnavailableError(issuerUrl, cause));
  }
}

/** @throws DiscoveryConfigError */
function chooseNetwork({ fetch, network }: DiscoveryOptions): NonNullable<DiscoveryOptions['fetch' | 'network']> {
  if (network === undefined) return fetch ?? globalThis.fetch;
  if (fetch !== undefined) throw new DiscoveryConfigError('network', 'network and fetch are both set: set one of them');
  if (transportLayerRule.test(network)) return network;
  throw new DiscoveryConfigError('network', `network must be ${transportLayerRule.expected}`);
}

interface FetchContext {
  readonly locations: readonly string[];
  readonly issuerUrl: string;
  readonly options: DiscoveryOptions;
}

/** Statuses of a place that has no metadata, or none for us: the other place may have it. */
const isElsewhere: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410]);

async function fetchMetadata({ locations, issuerUrl, options }: FetchContext): Promise<ServerMetadata> {
  const { insecureHttp = false, network, fetch, clock, random } = options;
  const injected = { ...(fetch && { fetch }), ...(clock && { clock }), ...(random && { random }) };
  await using client = createClient(
    { ...profiles.tokenEndpoint, ...injected, insecureHttp },
    network === undefined ? [] : [network],
  );
  const answers: MetadataAnswer[] = [];
  for (const url of locations) {
    const { response, url: lastUrl } = await request(url, client.fetch);
    if (response.status === 200) return await readMetadata(response, { issuerUrl, insecureHttp, url: lastUrl });
    await response.body?.cancel();
    answers.push({ url, status: response.status, redirectsTo: redirectTarget(response, lastUrl) });
    if (!isElsewhere.has(response.status)) break;
  }
  throw new DiscoveryHttpError(answers);
}

/** No redirect by the platform, no cache, no cookies, no referrer. */
const isolatedInit = {
  redirect: 'manual',
  cache: 'no-store',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit;

const maxRedirects = 3;

/** Follows redirects within the origin: some servers add a slash. */
async function request(url: string, fetch: typeof globalThis.fetch, followed = 0): Promise<Located> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: 'application/json' }, ...isolatedInit });
  } catch (cause) {
    throw new DiscoveryUnavailableError(url, cause);
  }
  const target = redirectUrl(response, url);
  if (target?.origin !== new URL(url).origin || followed === maxRedirects) return { response, url };
  await response.body?.cancel();
  return request(target.href, fetch, followed + 1);
}

interface Located {
  readonly response: Response;
  /** After redirects. */
  readonly url: string;
}

function redirectUrl({ status, headers }: Response, url: string): URL | undefined {
  const location = headers.get('location');
  const isRedirect = [301, 302, 303, 307, 308].includes(status) && location !== null;
  return isRedirect ? (URL.parse(location, url) ?? undefined) : undefined;
}

/** Without user, query and fragment, which may be secrets. */
function redirectTarget(response: Response, url: string): string | undefined {
  const target = redirectUrl(response, url);
  return target && `${target.protocol}//${target.host}${target.pathname}`.slice(0, 200);
}

function isDiscoveryError(value: unknown): value is DiscoveryError {
  return isBearingsError(value) && value.source === 'oidc-discovery';
}
