import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@bearings/client';
import { listenOnLoopback } from '../src/demo/loopback-server.ts';
import { readConnector } from '../src/read-connector.ts';
import type { Connector } from '../src/connector-schema.ts';
import { runConnector } from '../src/run-connector.ts';
import type { RunError } from '../src/run-error.ts';
import type { RunEvent } from '../src/run-event.ts';
import { createRunFiles } from '../src/run-files.ts';

/** A request that an API got. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** The text of the body. */
  readonly body: string;
  /** The number of the request, from 1. */
  readonly count: number;
}

/** What an API answers. */
export interface ApiAnswer {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; a text is sent as it is. */
  readonly body?: unknown;
}

/** The result of a run. */
interface Pulled {
  readonly error: RunError | undefined;
  readonly events: readonly RunEvent[];
  readonly warnings: readonly string[];
}

/** A real HTTP server with the answers of a test, and a folder for a connector. */
export interface Api extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ApiRequest[];
  /** Changes the answers. */
  answer(respond: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>): void;
  read(source: object): Promise<Connector>;
  /** Runs a connector with these fields of its source. Default: those of the last run. */
  pull(source?: object, options?: { readonly clock?: Clock; readonly signal?: AbortSignal }): Promise<Pulled>;
  lines(): Promise<readonly { readonly resource: string; readonly parent?: unknown; readonly record: unknown }[]>;
  records(): Promise<readonly unknown[]>;
  checkpoint(): Promise<Record<string, unknown>>;
  readonly path: (name: string) => string;
}

export const apiEnv = { API_TOKEN: 'a-planted-static-token' };

/** Starts an API. */
export async function createApi(respond: Parameters<Api['answer']>[0]): Promise<Api> {
  const server = await listenOnLoopback();
  const folder = await mkdtemp(join(tmpdir(), 'connector-api-'));
  const path = (name: string): string => join(folder, name);
  const requests: ApiRequest[] = [];
  let answer = respond;
  let last: object = {};
  server.answerWith((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = '', headers } = request;
      const url = new URL(request.url ?? '/', server.origin);
      const received = { method, url, headers, body: Buffer.concat(chunks).toString(), count: requests.length + 1 };
      requests.push(received);
      const { status = 200, headers: own = {}, body = '' } = await answer(received);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', ...own }).end(status === 204 ? undefined : text);
    })();
  });
  const api: Api = {
    url: server.origin,
    requests,
    path,
    answer(next) {
      answer = next;
    },
    async read(source) {
      const spec = { source: { mode: 'rest_pull', url: server.origin, retryLimit: 0, ...source } };
      await writeFile(path('api.json'), JSON.stringify({ kind: 'Connector', metadata: { name: 'api' }, spec }));
      return (await readConnector(path('api.json'), apiEnv)).unwrap();
    },
    async pull(source = last, options = {}) {
      last = source;
      const events: RunEvent[] = [];
      const outcome = await runConnector(await api.read(source), {
        ...createRunFiles({ outPath: path('out.ndjson'), statePath: path('state.json') }),
        ...options,
        env: apiEnv,
        onEvent: (event) => void events.push(event),
      });
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      return { error: outcome.isErr() ? outcome.error : undefined, events, warnings };
    },
    async lines() {
      const text = existsSync(path('out.ndjson')) ? await readFile(path('out.ndjson'), 'utf8') : '';
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    },
    records: async () => (await api.lines()).map(({ record }) => record),
    checkpoint: async () => JSON.parse(await readFile(path('state.json'), 'utf8')),
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
  return api;
}

/** Numbers from `from` on. */
export const range = (count: number, from = 1): readonly number[] => Array.from({ length: count }, (_, i) => from + i);
