import { isBearingsError } from '@bearings/client';
import { parseLossless } from '@bearings/client/paging';
import type { Page, PageRequest } from '@bearings/client/paging';
import type { Connection } from './connect-source.ts';
import { findRecords } from './find-records.ts';
import { RunError } from './run-error.ts';
import type { Resource } from './schema/resource-schema.ts';

/** The page to request. */
export interface PageContext {
  readonly request: PageRequest;
  readonly resource: Resource;
  /** True for a page that may be after the last one, so that a 404 is not a failure. */
  readonly mayBeMissing: boolean;
}

/**
 * Requests one page and finds its records.
 *
 * @throws RunError when the response does not match the connector's file; errors of the client
 */
export async function fetchPage(connection: Connection, context: PageContext): Promise<Page> {
  const { request, resource, mayBeMissing } = context;
  try {
    const { status, headers, text } = await requestText(connection, request);
    if (status === 204) return { request, headers, body: undefined, records: [] };
    const body = parse(text, headers, connection.show);
    return { request, headers, body, records: findRecords(body, resource, connection.show) };
  } catch (error) {
    if (!mayBeMissing || !isBearingsError(error, 'HTTP_STATUS') || error.status !== 404) throw error;
    return { request, headers: new Headers(), body: undefined, records: [], isMissing: true };
  }
}

interface TextResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The client retries until there are headers; a body that breaks off is requested again here, equally often. */
async function requestText(connection: Connection, request: PageRequest): Promise<TextResponse> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await requestOnce(connection, request);
    } catch (error) {
      if (!(error instanceof BrokenBody)) throw error;
      if (!error.mayPass || retries >= connection.retryLimit) throw error.cause;
    }
  }
}

/** A body that did not arrive, after the headers had. */
class BrokenBody extends Error {
  /** True when another response may arrive. */
  readonly mayPass: boolean;

  constructor(cause: unknown) {
    super('The body did not arrive', { cause });
    this.mayPass = isBearingsError(cause) && 'retryable' in cause && cause.retryable;
  }
}

/** Not by `AbortSignal.any`: the signal of the run lives as long as the run, and would keep what each page adds to it. */
async function requestOnce(connection: Connection, request: PageRequest): Promise<TextResponse> {
  const { signal, bodyTimeoutMs } = connection;
  signal.throwIfAborted();
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    const response = await send(connection, request, stop.signal);
    const tooSlow = new RunError('EXTRACTION', `its body took longer than ${bodyTimeoutMs} ms`);
    timer = setTimeout(() => stop.abort(tooSlow), bodyTimeoutMs);
    return { status: response.status, headers: response.headers, text: await readText(response) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', forward);
  }
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new BrokenBody(error);
  }
}

async function send(connection: Connection, request: PageRequest, signal: AbortSignal): Promise<Response> {
  const { client, headers: configured } = connection;
  const headers = new Headers(request.headers);
  if (!configured.has('accept')) headers.set('accept', 'application/json, */*;q=0.1');
  const { method, url, body } = request;
  if (body !== undefined) headers.set('content-type', 'application/json');
  const posted = body === undefined ? {} : { body: JSON.stringify(body) };
  return client(url, { method, headers, signal, ...posted });
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
