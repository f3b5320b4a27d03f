import { resolvePointer } from './json-pointer.ts';
import { describeType, parseLossless } from './lossless-json.ts';
import { PagingError } from './paging-error.ts';

/** One page of a list, as {@link paginate} yields it. */
export interface ListPage<T = unknown> {
  /** The parsed JSON body; `undefined` for a 204. */
  readonly body: unknown;
  /** The records, of the type that the caller names: it is not checked. */
  readonly records: readonly T[];
  /** Its status and headers. Its body has been read. */
  readonly response: Response;
}

/** Where the records of a page are, and how its numbers are parsed. */
export interface ListPageOptions {
  /** Where the list of records is: a JSON pointer (RFC 6901). Default: the body is the list. */
  readonly records?: string | undefined;
  /** With `none`, a page without that list has no records. Default: `fail`. */
  readonly missingRecords?: 'fail' | 'none' | undefined;
  /** Parses numbers as `parseLossless` does, so that ids beyond 2^53 stay exact. Default: false. */
  readonly losslessNumbers?: boolean | undefined;
}

/** A page, and its body and records with exact numbers: a rounded cursor would be another one. */
export interface ParsedPage {
  readonly page: ListPage;
  readonly body: unknown;
  readonly records: readonly unknown[];
}

/** @throws PagingError when the body is not JSON, or has no list of records */
export async function parsePage(response: Response, options: ListPageOptions): Promise<ParsedPage> {
  const text = await response.text();
  if (response.status === 204) {
    return { page: { body: undefined, records: [], response }, body: undefined, records: [] };
  }
  const body = parse(text, parseLossless);
  const records = findRecords(body, options);
  if (options.losslessNumbers === true) return { page: { body, records, response }, body, records };
  const plain = parse(text, JSON.parse);
  return { page: { body: plain, records: findRecords(plain, options), response }, body, records };
}

/** The error of the parser quotes the text, which may hold a secret. */
function parse(text: string, parser: (text: string) => unknown): unknown {
  try {
    return parser(text);
  } catch {
    throw new PagingError('PLACE', text === '' ? 'the body is empty' : 'the body is not JSON');
  }
}

function findRecords(body: unknown, { records = '', missingRecords }: ListPageOptions): readonly unknown[] {
  const found = resolvePointer(body, records);
  if ('missingAt' in found) {
    if (missingRecords === 'none') return [];
    throw new PagingError('PLACE', `there is no ${found.missingAt}, so no list of records at ${records}`);
  }
  if (found.value === null && records !== '') return [];
  if (Array.isArray(found.value)) return found.value;
  const what = describeType(found.value);
  if (records !== '') throw new PagingError('PLACE', `no list of records at ${records}, but ${what}`);
  throw new PagingError('PLACE', `the body is ${what}, not a list: set \`records\` to where the list is`);
}
