import type { Options } from 'ky';
import type { Client } from '../client.ts';
import { addToUrl, serializeSearchParams } from '../entry/search-params.ts';
import { parseHeaders } from '../security/headers.ts';
import { parseUrl } from '../security/url.ts';
import type { PageRequest } from './contract.ts';

type SearchParams = Options['searchParams'];

/** The list to request. */
interface ListTarget {
  readonly input: string | URL;
  readonly searchParams: SearchParams;
  readonly signal: AbortSignal | undefined;
}

/** Sends the requests of one list by a client. */
export interface ListClient {
  /** The address of the first page, with all search parameters. */
  readonly url: URL;
  /** @throws HTTPError for a status that is not 2xx, and all errors of the client */
  send(request: PageRequest): Promise<Response>;
}

/**
 * Derives a client for whole addresses. The client's own search parameters, such as an API key, are added to an address
 * that the API names when they are missing there, and not twice.
 */
export function createListClient(client: Pick<Client, 'extend'>, target: ListTarget): ListClient {
  const { input, searchParams, signal } = target;
  let clientParams: SearchParams;
  let merged: Readonly<Options> = {};
  const whole = client
    .extend((options) => {
      clientParams = options.searchParams;
      return searchParams === undefined ? {} : { searchParams };
    })
    .extend((options) => {
      merged = options;
      return { searchParams: undefined };
    });
  const url = new URL(addToUrl(resolveInput(input, merged), serializeSearchParams(merged.searchParams)));
  // a call may remove some of them
  const sent = new URLSearchParams(serializeSearchParams(clientParams).text);
  const known = [...sent].filter(([name]) => url.searchParams.has(name));
  const hasAccept = parseHeaders(merged.headers).has('accept');
  const accept = hasAccept ? undefined : { accept: 'application/json' };
  return {
    url,
    async send({ url: page, headers }) {
      const options = { headers: { ...accept, ...headers }, throwHttpErrors: true, ...(signal && { signal }) };
      // a URL and not a text: ky adds a prefix to a text
      return whole.get(withMissing(page, known), options);
    },
  };
}

/** @throws InvalidUrlError */
function resolveInput(input: string | URL, { baseUrl, prefix }: Readonly<Options>): URL {
  const isPrefixed = typeof input === 'string' && String(prefix ?? '') !== '';
  const path = isPrefixed ? `${String(prefix).replace(/\/+$/, '')}/${input.replace(/^\/+/, '')}` : input;
  return parseUrl(path, baseUrl);
}

function withMissing(url: URL, known: readonly [string, string][]): URL {
  const missing = known.filter(([name]) => !url.searchParams.has(name));
  return missing.length === 0 ? url : new URL(addToUrl(new URL(url), serializeSearchParams(missing)));
}
