import { isHTTPError } from '@bearings/client';
import type { Connection } from './connect-source.ts';
import type { Resource } from './connector-schema.ts';
import { follow } from './json-pointer.ts';
import { kindOf, parseLossless } from './lossless-json.ts';
import type { Page } from './position.ts';
import { RunError } from './run-error.ts';

/** Which page to ask for. */
export interface PageRequest {
  readonly url: URL;
  readonly resource: Resource;
  /** True for a page that may be beyond the last one, where a 404 is no failure. */
  readonly mayBeMissing: boolean;
}

/**
 * Asks for one page and finds its records.
 *
 * @throws RunError when the answer is not what the connector's file says; whatever the client throws
 */
export async function fetchPage(connection: Connection, { url, resource, mayBeMissing }: PageRequest): Promise<Page> {
  try {
    const { headers, text } = await ask(connection, url);
    const body = parse(text, headers, connection.show);
    return { url, headers, body, records: recordsIn(body, resource.records, connection.show) };
  } catch (error) {
    if (!mayBeMissing || !isHTTPError(error) || error.status !== 404) throw error;
    return { url, headers: new Headers(), body: undefined, records: [] };
  }
}

async function ask({ client }: Connection, url: URL): Promise<{ headers: Headers; text: string }> {
  const response = await client.get(url, { headers: { accept: 'application/json' } });
  return { headers: response.headers, text: await response.text() };
}

function parse(text: string, headers: Headers, show: Connection['show']): unknown {
  if (text === '') throw new RunError('EXTRACTION', 'the answer is empty');
  try {
    return parseLossless(text);
  } catch {
    // the parser's own error quotes the text as it is
    const type = show(headers.get('content-type') ?? 'none');
    throw new RunError('EXTRACTION', `the answer is not JSON; its content-type is ${type}`, [`answer: ${show(text)}`]);
  }
}

function recordsIn(body: unknown, pointer: string, show: Connection['show']): readonly unknown[] {
  const pointed = follow(body, pointer);
  if ('value' in pointed && Array.isArray(pointed.value)) return pointed.value;
  const where = pointer === '' ? 'the answer itself' : pointer;
  const found = 'value' in pointed ? `found ${kindOf(pointed.value)}` : `there is no ${pointed.missingAt}`;
  const answer = `answer: ${show(JSON.stringify(body))}`;
  throw new RunError('EXTRACTION', `no list of records at ${where}: ${found}`, [answer]);
}
