import type { Socket } from 'node:net';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';

export interface LoopbackFetchOptions {
  /** The port for each scheme. The host name does not matter. */
  readonly ports: { readonly https: number; readonly http: number };
  /** Trusted certificates, PEM. */
  readonly trust: string;
}

/** A `fetch` for which every host name leads to this machine, with counters. */
export interface LoopbackFetch {
  readonly fetch: typeof globalThis.fetch;
  /** The requests, in order. */
  readonly requests: readonly Request[];
  /** The number of open requests: without a response, or with a body that is neither read to the end nor cancelled. */
  readonly open: number;
  /** Bytes read from sockets. */
  readonly socketBytes: number;
  /** Bytes read from bodies, after decompression. */
  readonly bodyBytes: number;
  /** The largest growth of the heap while bodies were read, in bytes. */
  readonly heapGrowth: number;
  close(): Promise<void>;
}

/**
 * Uses undici's `fetch`, because the platform's accepts no dispatcher of another version. Requests and responses are the
 * platform's. TLS and the `host` header still use the original host names.
 */
export function createLoopbackFetch({ ports, trust }: LoopbackFetchOptions): LoopbackFetch {
  const asked: Request[] = [];
  const sockets: Socket[] = [];
  const counts = { open: 0, bodyBytes: 0, heapGrowth: 0 };
  const heapAtStart = heapBytes();
  const dispatcher = agentTo(ports, trust, sockets);
  const meter: Meter = {
    read(bytes) {
      counts.bodyBytes += bytes;
      counts.heapGrowth = Math.max(counts.heapGrowth, heapBytes() - heapAtStart);
    },
    over() {
      counts.open -= 1;
    },
  };
  return {
    requests: asked,
    get open() {
      return counts.open;
    },
    get socketBytes() {
      return sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    },
    get bodyBytes() {
      return counts.bodyBytes;
    },
    get heapGrowth() {
      return counts.heapGrowth;
    },
    async fetch(input, init) {
      const request = new Request(input, init);
      asked.push(request.clone());
      counts.open += 1;
      try {
        const { method, headers, redirect } = request;
        const body = request.body === null ? null : await request.arrayBuffer();
        const signal = init?.signal ?? request.signal;
        const pairs: [string, string][] = [...headers];
        const sent = { method, headers: pairs, body, redirect, signal, dispatcher };
        return metered(await undiciFetch(request.url, sent), meter);
      } catch (cause) {
        meter.over();
        throw cause;
      }
    },
    close: () => dispatcher.destroy(),
  };
}

const heapBytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

function agentTo(ports: LoopbackFetchOptions['ports'], trust: string, sockets: Socket[]): Agent {
  const connector = buildConnector({ ca: trust, allowH2: false });
  return new Agent({
    connect(options, callback) {
      const isPlain = options.protocol === 'http:';
      const here = { hostname: '127.0.0.1', host: '127.0.0.1', port: String(isPlain ? ports.http : ports.https) };
      const { servername, ...others } = options;
      connector(
        { ...others, ...here, ...(!isPlain && { servername: servername ?? options.hostname }) },
        (...[error, socket]) => {
          if (error !== null) return callback(error, null);
          sockets.push(socket);
          callback(null, socket);
        },
      );
    },
  });
}

interface Meter {
  read(bytes: number): void;
  over(): void;
}

/** Converts to a response of the platform that reads only on demand. */
function metered(answer: Awaited<ReturnType<typeof undiciFetch>>, meter: Meter): Response {
  const { status, statusText, headers, url } = answer;
  const body = answer.body === null ? null : meteredBody(answer.body, meter);
  if (body === null) meter.over();
  const response = new Response(body, { status, statusText, headers: [...headers] });
  return Object.defineProperty(response, 'url', { value: url });
}

function meteredBody(body: ReadableStream<Uint8Array>, meter: Meter): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let isOver = false;
  const end = (): void => {
    if (!isOver) meter.over();
    isOver = true;
  };
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            meter.read(value.byteLength);
            return controller.enqueue(value);
          }
          end();
          controller.close();
        } catch (cause) {
          end();
          controller.error(cause);
        }
      },
      async cancel(reason) {
        end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
