import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { TokenUnavailableError } from '@bearings/oauth-bearer';

/** A question to a metadata service of a platform. */
export interface MetadataRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** What it is, for errors: `the metadata service of Google`. */
  readonly name: string;
}

/** What it answered with status 200. */
export interface MetadataAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A service on this machine, or in the same data centre: it answers in milliseconds, or is not there. */
const timeoutMs = 1_000;
const maxBytes = 64 * 1024;

/**
 * Asks a metadata service, never through a proxy: what it answers is a secret of this workload.
 *
 * @throws TokenUnavailableError when it is not there, answers with another status than 200, or takes longer than a second
 */
export async function askMetadata({ url, headers, name }: MetadataRequest): Promise<MetadataAnswer> {
  const isTls = url.protocol === 'https:';
  // agents of their own: the global ones may have the proxy of the environment
  const agent = isTls ? new HttpsAgent() : new HttpAgent();
  const send = isTls ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<MetadataAnswer>();
  const options: RequestOptions = { agent, headers, signal: AbortSignal.timeout(timeoutMs) };
  const request = send(url, options, (response) => void read(response, name).then(resolve, reject));
  request.on('error', (cause) => reject(unavailable(name, describe(cause))));
  request.end();
  try {
    return await promise;
  } finally {
    request.destroy();
    agent.destroy();
  }
}

async function read(response: IncomingMessage, name: string): Promise<MetadataAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const body: AsyncIterable<Uint8Array> = response;
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
      chunks.push(bytes);
    }
  } catch (cause) {
    throw unavailable(name, `broke off (${describe(cause)})`);
  }
  if (response.statusCode !== 200) throw unavailable(name, `answered ${response.statusCode}`);
  return { headers: response.headers, text: Buffer.concat(chunks).toString('utf8') };
}

/** A code, or the kind of error: its text may quote the answer. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed';
  if (cause.name === 'AbortError' || cause.name === 'TimeoutError') return `did not answer within ${timeoutMs} ms`;
  return 'code' in cause ? `cannot be reached (${String(cause.code)})` : cause.name;
}

/** The error of a metadata service. */
export const unavailable = (name: string, problem: string): TokenUnavailableError =>
  new TokenUnavailableError(`${name} ${problem}`);

/** A member of a JSON answer that is a string; `undefined` when there is none. */
export function readMember(text: string, name: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
