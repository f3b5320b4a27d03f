import { systemClock } from '@bearings/client';
import type { Client, Clock } from '@bearings/client';
import { anyRule, checkOptions, clockRule, functionRule, objectRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { readConnectors } from './connector-reader.ts';
import type { ReadConnectors } from './connector-reader.ts';
import { statusEvents } from './status-events.ts';
import type { StatusFeed } from './status-events.ts';
import type { StatusSnapshot } from './status-snapshot.ts';
import { recordToken } from './token-recorder.ts';
import type { ObservedToken } from './token-recorder.ts';
import { countUserEvents } from './user-counter.ts';
import type { ObservedUsers } from './user-counter.ts';

/** What a service shows. */
export interface StatusOptions {
  /** Its tokens by name, alone or with their issuer, client id and clients. Default: none. */
  readonly tokens?: Readonly<Record<string, TokenHandle | ObservedToken>> | undefined;
  /** Its clients by name. Default: none. */
  readonly clients?: Readonly<Record<string, Pick<Client, 'status'>>> | undefined;
  /** Its `UserTokens`. Default: none. */
  readonly users?: ObservedUsers | undefined;
  /** Reads the runs of its connectors, every two seconds while a page is open. Default: none. */
  readonly connectors?: ReadConnectors | undefined;
  /** Default: the system clock. */
  readonly clock?: Clock | undefined;
}

/** Answers requests for the status. Disposing it ends open streams of events; requests after that are answered with 503. */
export interface StatusHandler extends Disposable {
  (request: Request): Response;
}

const rules: OptionRules<StatusOptions> = {
  tokens: objectRule,
  clients: objectRule,
  users: anyRule,
  connectors: functionRule,
  clock: clockRule,
};

/**
 * Shows the state of a service's tokens and clients to the studio: as JSON, and as server-sent events for a request that
 * accepts `text/event-stream`. Read-only: any method besides GET and HEAD is answered with 405. It shows no token and no
 * secret, but names and addresses: mount it where only operators reach it.
 *
 * It follows its tokens from now on. Dispose it to stop, which ends open streams too.
 *
 * @throws ConfigError for an option that is unknown or wrong
 */
export function statusHandler(options: StatusOptions): StatusHandler {
  checkOptions(options, rules, { owner: 'statusHandler' });
  const { tokens = {}, clients = {}, users, connectors, clock = systemClock } = options;
  const listeners = new Set<() => void>();
  const notify = (): void => listeners.forEach((listener) => listener());
  const recorders = Object.entries(tokens).map(([name, given]) =>
    recordToken(name, 'token' in given ? given : { token: given }, notify),
  );
  const counter = users && countUserEvents(users, notify);
  const reader = connectors && readConnectors(connectors, notify, clock);
  const snapshot = (): StatusSnapshot => ({
    at: clock.now(),
    tokens: recorders.map(({ row }) => row()),
    clients: Object.entries(clients).map(([name, client]) => ({ name, ...client.status() })),
    users: counter?.row() ?? null,
    connectors: reader?.row() ?? null,
  });
  const closing = new AbortController();
  const feed: StatusFeed = { snapshot, refresh: reader?.refresh, listeners, clock, disposed: closing.signal };
  const handle = (request: Request): Response => answer(request, feed);
  const dispose = (): void => {
    closing.abort();
    for (const { stop } of recorders) stop();
    counter?.stop();
  };
  return Object.assign(handle, { [Symbol.dispose]: dispose });
}

const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', vary: 'accept' };

function answer(request: Request, feed: StatusFeed): Response {
  const { method, signal } = request;
  if (method !== 'GET' && method !== 'HEAD')
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  if (feed.disposed.aborted) return new Response('the status handler was disposed', { status: 503 });
  const wantsEvents = request.headers.get('accept')?.includes('text/event-stream') === true;
  const type = wantsEvents ? 'text/event-stream' : 'application/json';
  const init = { headers: { ...headers, 'content-type': type } };
  if (method === 'HEAD') return new Response(null, init);
  try {
    return new Response(wantsEvents ? statusEvents(feed, signal) : statusJson(feed), init);
  } catch {
    return new Response('The status cannot be read\n', { status: 500, headers });
  }
}

/** The body waits for what is read at the moment; its head does not. */
function statusJson({ refresh, snapshot }: StatusFeed): string | ReadableStream<Uint8Array> {
  if (refresh === undefined) return JSON.stringify(snapshot());
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      await refresh();
      controller.enqueue(new TextEncoder().encode(JSON.stringify(snapshot())));
      controller.close();
    },
  });
}
