import { isBearingsError } from '@bearings/client';
import type { Connection } from './connect-source.ts';
import type { Resource } from './connector-schema.ts';
import { resolvePointer } from './json-pointer.ts';
import { describeType, parseLossless } from './lossless-json.ts';
import type { Page } from './position.ts';
import { RunError } from './run-error.ts';

/** The page to request. */
export interface PageRequest {
  readonly url: URL;
  readonly resource: Resource;
  /** True for a page that may be after the last one, so that a 404 is not a failure. */
  readonly mayBeMissing: boolean;
}

/**
 * Requests one page and finds its records.
 *
 * @throws RunError when the response does not match the connector's file; errors of the client
 */
export async function fetchPage(connection: Connection, { url, resource, mayBeMissing }: PageRequest): Promise<Page> {
  try {
    const { headers, text } = await requestText(connection, url);
    const body = parse(text, headers, connection.show);
    return { url, headers, body, records: findRecords(body, resource.records, connection.show) };
  } catch (error) {
    if (!mayBeMissing || !isBearingsError(error, 'HTTP_STATUS') || error.status !== 404) throw error;
    return { url, headers: new Headers(), body: undefined, records: [] };
  }
}

async function requestText({ client }: Connection, url: URL): Promise<{ headers: Headers; text: string }> {
  const response = await client.get(url, { headers: { accept: 'application/json' } });
  return { headers: response.headers, text: await response.text() };
}

function parse(text: string, headers: Headers, show: Connection['show']): unknown {
  if (text === '') throw new RunError('EXTRACTION', 'the response is empty');
  try {
    return parseLossless(text);
  } catch {
    // the error of the parser quotes the text
    const type = show(headers.get('content-type') ?? 'none');
    throw new RunError('EXTRACTION', `the response is not JSON; its content-type is ${type}`, [
      `answer: ${show(text)}`,
    ]);
  }
}

function findRecords(body: unknown, pointer: string, show: Connection['show']): readonly unknown[] {
  const result = resolvePointer(body, pointer);
  if ('value' in result && Array.isArray(result.value)) return result.value;
  const where = pointer === '' ? 'the response itself' : pointer;
  const found = 'value' in result ? `found ${describeType(result.value)}` : `there is no ${result.missingAt}`;
  const answer = `answer: ${show(JSON.stringify(body))}`;
  throw new RunError('EXTRACTION', `no list of records at ${where}: ${found}`, [answer]);
}
