import type { Clock } from '@bearings/client';
import type { StatusSnapshot } from '../status/status-snapshot.ts';
import { isStatus } from './is-status.ts';
import { watchService } from './watch-service.ts';
import type { WatchEvent, WatchOptions } from './watch-service.ts';

/** Follows a service for any number of pages. */
export interface WatchedService {
  /** Calls the listener with all that is known, and on each event from now on. Returns a function that stops it. */
  readonly subscribe: (listener: (event: WatchEvent) => void) => () => void;
}

/** Asks the service while a page is open, by one connection. */
export function watchedService(options: Omit<WatchOptions, 'signal'>): WatchedService {
  const listeners = new Set<(event: WatchEvent) => void>();
  let snapshot: StatusSnapshot | undefined;
  let gone: WatchEvent | undefined;
  let running: AbortController | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    for await (const received of watchService({ ...options, signal })) {
      if (signal.aborted) return;
      if (!eventNames.has(received.name)) continue;
      const event = received.name === 'gone' || isStatus(received.value) ? received : noStatus(options.clock);
      gone = event.name === 'gone' ? event : undefined;
      snapshot = merge(snapshot, event);
      for (const listener of listeners) listener(event);
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      if (snapshot !== undefined) listener({ name: 'snapshot', value: snapshot });
      if (gone !== undefined) listener(gone);
      if (running === undefined) {
        running = new AbortController();
        void run(running.signal); // never rejects: failures are events
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        running?.abort();
        running = undefined;
        snapshot = undefined;
        gone = undefined;
      };
    },
  };
}

const eventNames: ReadonlySet<string> = new Set(['snapshot', 'change', 'gone']);

/** What a service of another version sends, or something else at the URL. */
const noStatus = (clock: Clock): WatchEvent => ({
  name: 'gone',
  value: { reason: 'it sends no status of this version: is it another version of @bearings/studio?', at: clock.now() },
});

function merge(known: StatusSnapshot | undefined, { name, value }: WatchEvent): StatusSnapshot | undefined {
  if (!isStatus(value)) return known;
  if (name === 'snapshot') return { ...value, connectors: value.connectors ?? null };
  if (name !== 'change' || known === undefined) return known;
  const { connectors = known.connectors } = value;
  const tokens = replace(known.tokens, value.tokens);
  return { ...value, connectors, tokens, clients: replace(known.clients, value.clients) };
}

/** The rows with those of the same name replaced. */
function replace<Row extends { readonly name: string }>(rows: readonly Row[], changed: readonly Row[]): readonly Row[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  for (const row of changed) byName.set(row.name, row);
  return [...byName.values()];
}
