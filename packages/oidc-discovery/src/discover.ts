import { createClient, profiles } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { LRUCache } from 'lru-cache';
import { allowInsecureRequests, customFetch, discoveryRequest } from 'oauth4webapi';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { DiscoveryHttpError, DiscoveryUnavailableError } from './errors.ts';
import type { DiscoveryError } from './errors.ts';
import { readIssuerUrl } from './issuer-url.ts';
import { readMetadata } from './metadata.ts';
import type { ServerMetadata } from './metadata.ts';

/** How an issuer is asked. */
export interface DiscoveryOptions {
  /** Allows `http:` issuers and endpoints beyond loopback. Default: false. */
  readonly insecureHttp?: boolean;
  /** The network. What was discovered is remembered per network. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The time, for timeouts and backoff. Default: the system's. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * Where an issuer's tokens are asked for.
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
 * An issuer's metadata: OIDC Discovery's location first, RFC 8414's where that answers 404.
 *
 * Asked once per issuer, however many ask at the same time, and remembered for an hour. A failure is not remembered.
 * Transport failures and 5xx are tried again, within 30 s in all.
 *
 * @param issuerUrl - compared with the document's `issuer` character by character
 */
export async function discover(
  issuerUrl: string,
  options: DiscoveryOptions = {},
): Promise<Result<ServerMetadata, DiscoveryError>> {
  const { insecureHttp = false } = options;
  try {
    readIssuerUrl(issuerUrl, insecureHttp);
    const memory = memoryOf(options.fetch ?? globalThis.fetch);
    return Ok(await memory.forceFetch(`${insecureHttp} ${issuerUrl}`, { context: { issuerUrl, options } }));
  } catch (cause) {
    return Err(isDiscoveryError(cause) ? cause : new DiscoveryUnavailableError(issuerUrl, cause));
  }
}

interface Question {
  readonly issuerUrl: string;
  readonly options: DiscoveryOptions;
}

type Memory = LRUCache<string, ServerMetadata, Question>;

/**
 * The one thing this package remembers: documents of issuers, for each network they came through. It goes when the
 * network goes, so a test that replaces `fetch` starts afresh.
 */
const memories = new WeakMap<typeof globalThis.fetch, Memory>();

function memoryOf(fetch: typeof globalThis.fetch): Memory {
  const known = memories.get(fetch);
  if (known !== undefined) return known;
  const memory: Memory = new LRUCache({
    max: 100,
    ttl: 3_600_000,
    ignoreFetchAbort: true,
    fetchMethod: (_key, _old, { context }) => ask(context),
  });
  memories.set(fetch, memory);
  return memory;
}

async function ask({ issuerUrl, options }: Question): Promise<ServerMetadata> {
  const { insecureHttp = false } = options;
  await using http = createClient({ ...profiles.tokenEndpoint, ...options });
  const tried: string[] = [];
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    const { url, response } = await request(issuerUrl, { algorithm, fetch: http.fetch });
    tried.push(url);
    if (response.status === 200) return await readMetadata(response, { issuerUrl, insecureHttp, url });
    await response.body?.cancel();
    if (response.status !== 404 || algorithm === 'oauth2') throw new DiscoveryHttpError(response.status, tried);
  }
  throw new DiscoveryHttpError(404, tried);
}

/** Nothing is followed, kept, sent along or told of where the request came from. */
const alone = {
  redirect: 'manual',
  cache: 'no-store',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit;

async function request(
  issuerUrl: string,
  { algorithm, fetch }: { algorithm: 'oidc' | 'oauth2'; fetch: typeof globalThis.fetch },
): Promise<{ url: string; response: Response }> {
  let asked = issuerUrl;
  const through = (url: string, { headers }: { headers: Record<string, string> }): Promise<Response> => {
    asked = url;
    return fetch(url, { headers, ...alone });
  };
  try {
    // whether http is allowed is decided by the client's guard and the checks above, not twice
    const options = { algorithm, [customFetch]: through, [allowInsecureRequests]: true };
    const response = await discoveryRequest(new URL(issuerUrl), options);
    return { url: asked, response };
  } catch (cause) {
    throw new DiscoveryUnavailableError(asked, cause);
  }
}

function isDiscoveryError(value: unknown): value is DiscoveryError {
  return isBearingsError(value) && value.source === 'oidc-discovery';
}
