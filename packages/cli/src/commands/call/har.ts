import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '@bearings/client';
import type { Layer } from '@bearings/client';
import { isBearingsError, redact } from '@bearings/client/errors';
import { layer } from '@bearings/client/layer';
import type { Call, ClientRequest } from '@bearings/client/layer';
import { hideQueryValues, redactHeader } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { version } from '../../version.ts';
import type { HarEntry, HarHeader } from './har-format.ts';

/** Records a call as an HTTP archive (HAR 1.2), without secrets. */
export interface HarRecorder {
  /** Layers for the recorded client. They observe calls and change nothing. */
  readonly layers: () => readonly Layer[];
  /** Called with each chunk of the printed response. */
  readonly addChunk: (chunk: Uint8Array) => void;
  /** Writes the file. */
  readonly write: () => Promise<void>;
}

/** A recorder that records nothing. */
export const noHar: HarRecorder = { layers: () => [], addChunk: () => {}, write: async () => {} };

/** What is kept of a body, and of all bodies of a call, in bytes. */
const [keptBytes, keptInAll] = [1024 * 1024, 10 * 1024 * 1024];

/** What is known of one request that went out. Secrets are removed when the file is written: later ones are known then. */
interface Exchange {
  readonly request: ClientRequest;
  readonly requestHeaders: readonly (readonly [name: string, value: string])[];
  readonly startedAt: number;
  readonly begun: number;
  response?: Response;
  answeredAt?: number;
  failure?: string;
  /** What was printed of the response. */
  body?: RecordedBody;
}

/**
 * Records each request that goes out, the replays and redirects of a call among them.
 *
 * @param secrets - the credentials that were sent, which a server may quote
 */
export function createHarRecorder(terminal: Terminal, file: string, secrets: ReadonlySet<string>): HarRecorder {
  const { clock = systemClock } = terminal;
  const exchanges: Exchange[] = [];
  let kept = 0;
  const record = layer('network', 'record-har', (next) => async (request, call) => {
    const exchange = begin(request, call, clock);
    exchanges.push(exchange);
    try {
      exchange.response = await next(request, call);
      return exchange.response;
    } catch (error) {
      exchange.failure = isBearingsError(error) ? error.code : 'no answer';
      throw error;
    } finally {
      exchange.answeredAt = clock.monotonic();
    }
  });
  return {
    layers: () => [record],
    addChunk(chunk) {
      const exchange = exchanges.at(-1);
      if (exchange === undefined) return;
      exchange.body ??= { chunks: [], bytes: 0, endedAt: 0, isWhole: true };
      const { body } = exchange;
      body.isWhole &&= body.bytes + chunk.byteLength <= keptBytes && kept + chunk.byteLength <= keptInAll;
      if (body.isWhole) {
        body.chunks.push(chunk.slice());
        kept += chunk.byteLength;
      }
      body.bytes += chunk.byteLength;
      body.endedAt = clock.monotonic();
    },
    async write() {
      const known = [...secrets];
      const entries = exchanges.map((exchange) => toEntry(exchange, known));
      const log = { version: '1.2', creator: { name: 'bearings', version: version() }, entries };
      await writePrivately(resolve(terminal.cwd, file), `${JSON.stringify({ log }, undefined, 2)}\n`);
    },
  };
}

/** Also a file that is there already can be read by its owner alone afterwards. */
async function writePrivately(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'w', 0o600);
  if ((await handle.stat()).isFile()) await handle.chmod(0o600);
  await handle.writeFile(text);
}

const begin = (request: ClientRequest, call: Call, clock: typeof systemClock): Exchange => ({
  request,
  requestHeaders: [...call.headers.mergeWith(request)],
  startedAt: clock.now(),
  begun: clock.monotonic(),
});

interface RecordedBody {
  readonly chunks: Uint8Array[];
  bytes: number;
  endedAt: number;
  /** False when it was too long to be kept. */
  isWhole: boolean;
}

function toEntry(exchange: Exchange, secrets: readonly string[]): HarEntry {
  const { request, requestHeaders, startedAt, begun, response, answeredAt = begun, failure, body } = exchange;
  const wait = round(answeredAt - begun);
  const receive = body === undefined ? 0 : Math.max(0, round(body.endedAt - answeredAt));
  const url = URL.parse(request.url);
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: wait + receive,
    request: {
      method: request.method,
      url: hideQueryValues(request.url),
      httpVersion: 'unknown',
      cookies: [],
      headers: toHeaders(requestHeaders, secrets),
      queryString: [...(url?.searchParams ?? [])].map(([name]) => ({ name, value: '…' })),
      ...toPostData(request, requestHeaders, secrets),
      headersSize: -1,
      bodySize: -1,
    },
    response: toResponse(response, body, secrets),
    cache: {},
    timings: { send: 0, wait, receive },
    ...(failure !== undefined && { comment: `no response: ${failure}` }),
  };
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;

const toHeaders = (
  headers: Iterable<readonly [name: string, value: string]>,
  secrets: readonly string[],
): readonly HarHeader[] =>
  [...headers].map(([name, value]) => ({ name, value: hideQueryValues(redactHeader(name, value, secrets)) }));

function toPostData(
  { body }: ClientRequest,
  headers: Exchange['requestHeaders'],
  secrets: readonly string[],
): Pick<HarEntry['request'], 'postData'> {
  if (body === undefined || body === null) return {};
  const mimeType = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const text = typeof body === 'string' ? { text: redact(body, secrets) } : { text: '', comment: 'a file or a stream' };
  return { postData: { mimeType, ...text } };
}

function toResponse(
  response: Response | undefined,
  body: RecordedBody | undefined,
  secrets: readonly string[],
): HarEntry['response'] {
  const { status = 0, statusText = '', headers = new Headers() } = response ?? {};
  const mimeType = headers.get('content-type') ?? '';
  const location = headers.get('location');
  return {
    status,
    statusText: redact(statusText, secrets),
    httpVersion: 'unknown',
    cookies: [],
    headers: toHeaders(headers, secrets),
    content: { size: body?.bytes ?? -1, mimeType, ...toText(body, mimeType, secrets) },
    redirectURL: location === null ? '' : hideQueryValues(redact(location, secrets)),
    headersSize: -1,
    bodySize: -1,
  };
}

/** The text of a body that is text, and whole. */
function toText(
  body: RecordedBody | undefined,
  mimeType: string,
  secrets: readonly string[],
): { readonly text?: string; readonly comment?: string } {
  if (body === undefined || body.bytes === 0) return {};
  if (!body.isWhole) return { comment: 'too long' };
  if (!/^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml)\b|application\/x-www-form-urlencoded)/i.test(mimeType)) {
    return { comment: 'not text' };
  }
  return { text: redact(Buffer.concat(body.chunks).toString(), secrets) };
}
