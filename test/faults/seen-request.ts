/** A request as the server received it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case; the values of a repeated name are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** When it arrived, by the test's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/** The facts of a connection. */
export interface ConnectionInfo {
  readonly scheme: 'http' | 'https';
  readonly at: number;
}

/**
 * Reads the first request in these bytes and its length in bytes. `undefined` while it is incomplete.
 *
 * @throws for a chunked body: no client of these tests sends one
 */
export function readRequest(
  bytes: Buffer,
  { scheme, at }: ConnectionInfo,
): { request: SeenRequest; length: number } | undefined {
  const headLength = bytes.indexOf('\r\n\r\n') + 4;
  if (headLength < 4) return undefined;
  const [start = '', ...lines] = bytes.toString('latin1', 0, headLength - 4).split('\r\n');
  const [method = '', target = ''] = start.split(' ');
  const headers = parseHeaders(lines);
  if (headers.has('transfer-encoding')) throw new Error('A request outcome in chunks, which this server does not read');
  const length = headLength + Number(headers.get('content-length') ?? 0);
  if (bytes.byteLength < length) return undefined;
  const url = `${scheme}://${headers.get('host') ?? ''}${target}`;
  return { request: { method, url, headers, body: bytes.toString('utf8', headLength, length), at }, length };
}

function parseHeaders(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/s);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
