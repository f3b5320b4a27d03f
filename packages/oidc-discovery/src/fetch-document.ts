import { createClient, profiles } from '@bearings/client';
import type { DiscoveryOptions } from './discovery-options.ts';
import { DiscoveryHttpError, DiscoveryUnavailableError } from './errors.ts';
import type { MetadataAnswer, MetadataOwner } from './errors.ts';

interface FetchContext<T> {
  /** Where the document may be, in order. */
  readonly locations: readonly string[];
  /** Whose document it is, for errors. */
  readonly owner: MetadataOwner;
  readonly options: DiscoveryOptions;
  /** Reads a response with the status 200. */
  readonly read: (response: Response, url: string) => Promise<T>;
}

/** Statuses of a place that has no metadata, or none for us: the other place may have it. */
const isElsewhere: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410]);

/**
 * Requests a metadata document at one place after the other.
 *
 * @throws DiscoveryHttpError | DiscoveryUnavailableError
 */
export async function fetchDocument<T>({ locations, owner, options, read }: FetchContext<T>): Promise<T> {
  const { insecureHttp = false, network, fetch, clock, random } = options;
  const injected = { ...(fetch && { fetch }), ...(clock && { clock }), ...(random && { random }) };
  await using client = createClient(
    { ...profiles.tokenEndpoint, ...injected, insecureHttp },
    network === undefined ? [] : [network],
  );
  const answers: MetadataAnswer[] = [];
  for (const url of locations) {
    const { response, url: lastUrl } = await request(url, client.fetch);
    if (response.status === 200) return await read(response, lastUrl);
    await response.body?.cancel();
    answers.push({ url, status: response.status, redirectsTo: redirectTarget(response, lastUrl) });
    if (!isElsewhere.has(response.status)) break;
  }
  throw new DiscoveryHttpError(answers, owner);
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
