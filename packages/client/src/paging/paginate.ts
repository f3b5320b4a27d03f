import type { Options } from 'ky';
import type { Client } from '../client.ts';
import { checkOptions } from '../core/check-options.ts';
import type { OptionRules } from '../core/check-options.ts';
import { anyRule, booleanRule, limitRule, oneOfRule } from '../core/option-rules.ts';
import type { OptionRule } from '../core/option-rules.ts';
import { isBearingsError } from '../errors/index.ts';
import { guessTemplate } from '../errors/path-template.ts';
import { firstPosition } from './contract.ts';
import type { Page, PageRequest, Position } from './contract.ts';
import { createPaging } from './create-paging.ts';
import { createListClient } from './list-client.ts';
import type { ListClient } from './list-client.ts';
import { parsePage } from './list-page.ts';
import type { ListPage, ListPageOptions } from './list-page.ts';
import { nextStep, requestKey } from './next-step.ts';
import type { StepContext } from './next-step.ts';
import { PagingError } from './paging-error.ts';
import { placeRule, resolvePaging } from './paging-input.ts';
import type { PagingInput } from './paging-input.ts';

/** How a list is read. */
export interface PaginateOptions extends ListPageOptions {
  /** How to find the next page. */
  readonly paging: PagingInput;
  /** Where the response says how many records the list has: the end of pages and offsets. */
  readonly total?: string | undefined;
  /** Added to the request of the first page, and of each page that the client counts. */
  readonly searchParams?: Options['searchParams'];
  /** Ends the list between two pages, and during a call. */
  readonly signal?: AbortSignal | undefined;
  /** A list with more pages fails after them. Default: 100 000. */
  readonly maxPages?: number | undefined;
  /** A list with so many empty pages in a row fails. Default: 20. */
  readonly maxEmptyPages?: number | undefined;
}

/**
 * Reads a list page by page. Each page is requested when the loop asks for it, with the client's token, retries and limits.
 *
 *     for await (const { records } of paginate<Order>(client, 'v1/orders', { paging: { type: 'link' } })) …
 *
 * @throws PagingError when a page has no list of records, the list cannot be continued, or it seems to have no end
 * @throws ConfigError for wrong options, HTTPError for a status that is not 2xx, and all errors of the client
 */
export async function* paginate<T = unknown>(
  client: Pick<Client, 'extend'>,
  input: string | URL,
  options: PaginateOptions,
): AsyncGenerator<ListPage<T>, void, undefined> {
  const list = createList(client, input, options);
  for (let position: Position | undefined = firstPosition; position !== undefined;) {
    const received = await receivePage(list, position);
    const { next, isRepeated, failure } = takeStep(list, received, position);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller names the type, as with ky's json()
    if (received.page !== undefined && !isRepeated) yield received.page as ListPage<T>;
    if (failure !== undefined) throw failure;
    position = next;
  }
}

/** A list, and what was requested of it. */
interface List extends Omit<StepContext, 'position'> {
  readonly client: ListClient;
  readonly options: ListPageOptions;
  readonly requested: Set<string>;
}

function createList(client: Pick<Client, 'extend'>, input: string | URL, options: PaginateOptions): List {
  checkOptions(options, paginateRules, { owner: 'paginate' });
  const { searchParams, signal, maxPages = 100_000, maxEmptyPages = 20, total } = options;
  const paging = resolvePaging(options.paging);
  const listClient = createListClient(client, { input, searchParams, signal });
  return {
    client: listClient,
    options,
    requested: new Set(),
    resource: { paging, maxPages, maxEmptyPages },
    strategy: createPaging({ paging, total }),
    first: { method: 'GET', url: listClient.url, headers: {} },
    digest: (text) => text, // only the last page is kept
  };
}

/** A page for the strategy, and for the caller: `undefined` for a 404 that is the end. */
interface ReceivedPage {
  readonly forStrategy: Page;
  readonly page: ListPage | undefined;
}

async function receivePage(list: List, position: Position): Promise<ReceivedPage> {
  const request = list.strategy.request(list.first, position);
  try {
    assertNew(request, list);
    const response = await list.client.send(request);
    const { page, body, records } = await parsePage(response, list.options);
    // a redirect is the base of relative addresses
    const url = response.url === '' ? request.url : new URL(response.url);
    return { page, forStrategy: { request: { ...request, url }, headers: response.headers, body, records } };
  } catch (error) {
    if (error instanceof PagingError) throw describe(error, list, position);
    if (!isEnd(error, list, position)) throw error;
    return {
      page: undefined,
      forStrategy: { request, headers: new Headers(), body: undefined, records: [], isMissing: true },
    };
  }
}

/** @throws PagingError for an address of another origin, and for a page that was requested before */
function assertNew(request: PageRequest, { first, requested }: List): void {
  const { origin, username, password } = request.url;
  if (origin !== first.url.origin || username !== '' || password !== '') {
    throw new PagingError('PLACE', 'the API names an address of another origin; it was not requested');
  }
  const key = requestKey(request);
  if (requested.has(key)) throw new PagingError('EQUAL_PAGES', 'the API names an earlier page as the next one');
  requested.add(key);
}

function isEnd(error: unknown, { resource: { paging } }: List, { page }: Position): boolean {
  const mayEnd = 'afterLast' in paging && paging.afterLast === 'not_found' && page > 1;
  return mayEnd && isBearingsError(error, 'HTTP_STATUS') && error.status === 404;
}

/** What follows a page. */
interface Outcome {
  readonly next?: Position | undefined;
  /** True for a page that has the records of the page before, in a list that the client counts. */
  readonly isRepeated: boolean;
  /** To be thrown after the page: its records are good. */
  readonly failure?: PagingError;
}

function takeStep(list: List, { forStrategy }: ReceivedPage, position: Position): Outcome {
  try {
    const { records, next } = nextStep(forStrategy, { ...list, position });
    return { next, isRepeated: forStrategy.records.length > 0 && records.length === 0 };
  } catch (error) {
    if (!(error instanceof PagingError)) throw error;
    return { isRepeated: error.reason === 'SAME_AS_LAST', failure: describe(error, list, position) };
  }
}

function describe({ reason, message }: PagingError, { first: { url } }: List, { page }: Position): PagingError {
  return new PagingError(reason, `page ${page} of GET ${url.origin}${guessTemplate(url.pathname)}: ${message}`);
}

const pointerRule: OptionRule = {
  test: (value) => typeof value === 'string' && /^(?:\/|$)/.test(value),
  expected: 'a JSON pointer such as /data, or "" for the body',
};
const paginateRules: OptionRules<PaginateOptions> = {
  paging: anyRule,
  total: placeRule,
  records: pointerRule,
  missingRecords: oneOfRule('fail', 'none'),
  losslessNumbers: booleanRule,
  searchParams: anyRule,
  signal: anyRule,
  maxPages: limitRule,
  maxEmptyPages: limitRule,
};
