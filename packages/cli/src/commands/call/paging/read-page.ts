import { parseLossless, PagingError } from '@bearings/client/paging';
import type { Page, PageRequest, PagingOptions } from '@bearings/client/paging';
import { findList, findUsualList } from './find-list.ts';

/** A page as it arrived. */
export interface ReceivedPage {
  readonly request: PageRequest;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/**
 * Reads a page, as its paging needs it.
 *
 * @param paging - undefined when it is not known yet
 * @throws PagingError when the page is not JSON, or has no list, and the paging needs it
 */
export function readPage({ request, headers, bytes }: ReceivedPage, paging: PagingOptions | undefined): Page {
  const text = new TextDecoder().decode(bytes);
  const body = text === '' ? undefined : parse(text, paging);
  return { request, headers, body, records: text === '' ? [] : readRecords(body, text, paging) };
}

function parse(text: string, paging: PagingOptions | undefined): unknown {
  try {
    return parseLossless(text);
  } catch {
    if (!needsBody(paging)) return undefined;
    throw new PagingError('PLACE', 'the page is not JSON, so --next finds nothing in it');
  }
}

function needsBody(paging: PagingOptions | undefined): boolean {
  if (paging?.type === 'url' || paging?.type === 'cursor') return !paging.next.startsWith('header:');
  return paging?.type === 'page' || paging?.type === 'offset';
}

/** Only numbers and `last:` need the records. For the others a page with an unknown form is not empty. */
function readRecords(body: unknown, text: string, paging: PagingOptions | undefined): readonly unknown[] {
  const isCounted = paging?.type === 'page' || paging?.type === 'offset';
  if (!isCounted && !(paging?.type === 'cursor' && paging.next.startsWith('last:'))) {
    return findUsualList(body) ?? [body ?? text];
  }
  const list = findList(body);
  if (list !== undefined) return list;
  throw new PagingError(
    'PLACE',
    'the page has no list of records, or several: a connector can name the list in its records',
  );
}
