import { createHash } from 'node:crypto';
import { isBearingsError } from '@bearings/client';
import type { Client, FetchInit } from '@bearings/client';
import { withBody } from '@bearings/client/layer';
import { createPaging, firstPosition, nextStep, PagingError, readPlace, requestKey } from '@bearings/client/paging';
import type { Page, PageRequest, PagingFailure, PagingOptions, Position } from '@bearings/client/paging';
import { exitCodes } from '../../../exit-codes.ts';
import type { ExitCode } from '../../../exit-codes.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { findPaging } from './find-paging.ts';
import { readPage } from './read-page.ts';
import type { ReceivedPage } from './read-page.ts';

/** The list to read. */
export interface PagesContext {
  readonly client: Pick<Client, 'fetch'>;
  readonly target: string;
  readonly init: FetchInit;
  /** How to find the next page. Default: as the first page shows. */
  readonly paging: PagingOptions | undefined;
  readonly maxPages: number;
  /** True when a line break is to follow a page that has none at its end. */
  readonly separatesPages: boolean;
  /** Prints a page, or the answer that ends the list. */
  readonly print: (response: Response) => Promise<ExitCode>;
}

/**
 * Reads a list page by page, and prints each page when it comes. A page that is not 2xx ends it.
 *
 * @throws PagingError when the list goes round in a circle, has too many pages, or leads elsewhere
 */
export async function callPages(terminal: Terminal, context: PagesContext): Promise<ExitCode> {
  const first: PageRequest = { method: 'GET', url: new URL(context.target), headers: {} };
  const seen = new Set<string>();
  let { paging } = context;
  let request = paging === undefined ? first : createPaging({ paging }).request(first, firstPosition);
  for (let position: Position = firstPosition; ;) {
    seen.add(requestKey(request));
    const received = await printPage(terminal, request, context);
    if ('exitCode' in received) return received.exitCode;
    const { page } = position;
    const read = explain(page, () => readPage(received, paging));
    const found = paging ?? explain(page, () => findPaging(read));
    const step = found && explain(page, () => nextRequest(read, { ...context, paging: found, first, position }));
    if (step === undefined) {
      if (page === 1) await warnOfOnlyPage(terminal, read, found);
      return exitCodes.ok;
    }
    assertFollowed(step.request, first, seen);
    paging = found;
    ({ request, position } = step);
  }
}

/** Sends a request and prints its answer; the exit code when the answer is not 2xx. */
async function printPage(
  { stdout }: Terminal,
  request: PageRequest,
  { client, init, print, separatesPages }: PagesContext,
): Promise<ReceivedPage | { readonly exitCode: ExitCode }> {
  const added = new Headers(init.headers);
  for (const [name, value] of Object.entries(request.headers)) added.set(name, value);
  const response = await client.fetch(request.url.href, { ...init, headers: added });
  if (!response.ok) return { exitCode: await print(response) };
  const bytes = await response.bytes();
  await print(withBody(response, bytes.byteLength === 0 ? null : bytes));
  if (separatesPages && bytes.byteLength > 0 && bytes.at(-1) !== lineFeed) await stdout.write('\n');
  // a redirect is the base of relative addresses
  const url = response.url === '' ? request.url : new URL(response.url);
  return { request: { ...request, url }, headers: response.headers, bytes };
}

const lineFeed = 10;

/** So many empty pages in a row are an API that never ends its list. */
const maxEmptyPages = 20;

type ListContext = Pick<PagesContext, 'maxPages'> & {
  readonly paging: PagingOptions;
  readonly first: PageRequest;
  readonly position: Position;
};

interface NextRequest {
  readonly request: PageRequest;
  readonly position: Position;
}

function nextRequest(page: Page, { paging, maxPages, first, position }: ListContext): NextRequest | undefined {
  const strategy = createPaging({ paging });
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
  const resource = { paging, maxPages, maxEmptyPages };
  const { next } = nextStep(page, { resource, strategy, first, position, digest });
  return next && { request: strategy.request(first, next), position: next };
}

/** @throws PagingError for an address of another origin, and for a page that was printed before */
function assertFollowed(request: PageRequest, first: PageRequest, seen: ReadonlySet<string>): void {
  const { origin, username, password } = request.url;
  if (origin !== first.url.origin || username !== '' || password !== '') {
    throw new PagingError('PLACE', 'the API names a next page of another origin; it was not requested');
  }
  if (!seen.has(requestKey(request))) return;
  throw new PagingError('EQUAL_PAGES', `after ${seen.size} pages the API names one of them as the next page again`);
}

/** What to do, by the reason. */
const advices: Partial<Record<PagingFailure, string>> = {
  SAME_AS_LAST: ': the API ignores the parameter of --next, or it answers with its last page again after the end',
  EQUAL_PAGES: ': the API may ignore the parameter of --next',
  TOO_MANY_PAGES: ': --max-pages allows more',
};

function explain<T>(page: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isBearingsError(error, 'PAGING')) throw error;
    const { reason, message } = error;
    throw new PagingError(reason, `page ${page} of the list: ${message}${advices[reason] ?? ''}`);
  }
}

/** A list of one page may be a place that was not found. */
async function warnOfOnlyPage({ stderr }: Terminal, page: Page, paging: PagingOptions | undefined): Promise<void> {
  const missing = missingPlace(page, paging);
  if (missing === undefined) return;
  await stderr.write(`bearings: the first page has ${missing}: it is the only one, or --next must say how\n`);
}

function missingPlace(page: Page, paging: PagingOptions | undefined): string | undefined {
  if (paging === undefined) return 'no Link header, and no next address or cursor at a known place';
  if (paging.type === 'link' && !page.headers.has('link')) return 'no Link header';
  const isMissing = 'next' in paging && readPlace(paging.next, page) === undefined;
  return isMissing ? `nothing at ${paging.next}` : undefined;
}
