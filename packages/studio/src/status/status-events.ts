import type { Clock } from '@bearings/client';
import type { StatusChange, StatusSnapshot } from './status-snapshot.ts';

/** Where the events of a status come from. */
export interface StatusFeed {
  readonly snapshot: () => StatusSnapshot;
  /** Reads anew what is not known by events. Calls the listeners when it differs. Never rejects. */
  readonly refresh: (() => Promise<void>) | undefined;
  /** Called on each event of a token. */
  readonly listeners: Set<() => void>;
  /** Aborted when the status is disposed: it ends all open streams. */
  readonly disposed: AbortSignal;
  readonly clock: Clock;
}

/** An event of a token is shown after this time, together with all others until then. */
const soonMs = 100;
/** What changes by the time alone, and a sign of life. */
const periodMs = 1_000;

/**
 * Server-sent events: `snapshot` with all rows, then `change` with those that differ, every second and soon after an event.
 * A reader that is slow gets fewer changes and loses none.
 *
 * It ends when the reader leaves, also before the first event, and when the status is disposed. It fails when a row
 * cannot be read, such as a client of the service's own whose `status` throws.
 */
export function statusEvents(feed: StatusFeed, signal: AbortSignal): ReadableStream<Uint8Array> {
  let stop = (): void => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const sent = new Map<string, string>();
        stop = follow(feed, [signal, feed.disposed], {
          send(name) {
            if (name === 'change' && (controller.desiredSize ?? 0) <= 0) return;
            controller.enqueue(encode(name, changedRows(feed.snapshot(), sent)));
          },
          end: () => controller.close(),
          fail: (cause) => controller.error(cause),
        });
      },
      cancel: () => stop(),
    },
    { highWaterMark: 64 * 1024, size: (chunk) => chunk.byteLength },
  );
}

/** One page. */
interface Follower {
  readonly send: (name: 'snapshot' | 'change') => void;
  readonly end: () => void;
  readonly fail: (cause: unknown) => void;
}

/** Sends until it is stopped, a signal is aborted, or sending fails. Returns a function that stops it. Never throws. */
function follow(feed: StatusFeed, signals: readonly AbortSignal[], { send, end, fail }: Follower): () => void {
  const { listeners, clock } = feed;
  if (signals.some(({ aborted }) => aborted)) {
    end();
    return () => {};
  }
  const soon = once(clock, soonMs, () => flush('change'));
  const period = repeat(clock, periodMs, () => {
    void feed.refresh?.(); // never rejects
    flush('change');
  });
  const stop = (): void => {
    listeners.delete(soon.begin);
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
    soon.cancel();
    period.cancel();
  };
  const onAbort = (): void => {
    stop();
    end();
  };
  function flush(name: 'snapshot' | 'change'): void {
    try {
      send(name);
    } catch (cause) {
      stop();
      fail(cause);
    }
  }
  listeners.add(soon.begin);
  for (const signal of signals) signal.addEventListener('abort', onAbort);
  flush('snapshot');
  void feed.refresh?.(); // never rejects
  return stop;
}

/** What waits for its time. */
interface Pending {
  readonly cancel: () => void;
}

/** Acts once after the time, however often it is begun until then. */
function once(clock: Clock, afterMs: number, action: () => void): Pending & { readonly begin: () => void } {
  let cancel: (() => void) | undefined;
  return {
    begin: () => {
      cancel ??= clock.schedule(afterMs, () => {
        cancel = undefined;
        action();
      });
    },
    cancel: () => cancel?.(),
  };
}

function repeat(clock: Clock, everyMs: number, action: () => void): Pending {
  let cancel = (): void => {};
  const next = (): void => {
    cancel = clock.schedule(
      everyMs,
      () => {
        next();
        action();
      },
      { background: true },
    );
  };
  next();
  return { cancel: () => cancel() };
}

/** The rows that are not the same as when they were sent. Remembers them. */
function changedRows({ connectors, ...snapshot }: StatusSnapshot, sent: Map<string, string>): StatusChange {
  const isChanged = (kind: string, row: { readonly name: string }): boolean => {
    const key = `${kind} ${row.name}`;
    const text = JSON.stringify(row);
    if (sent.get(key) === text) return false;
    sent.set(key, text);
    return true;
  };
  return {
    ...snapshot,
    tokens: snapshot.tokens.filter((row) => isChanged('token', row)),
    clients: snapshot.clients.filter((row) => isChanged('client', row)),
    ...(isChanged('connectors', { name: '', ...connectors }) && { connectors }),
  };
}

const encoder = new TextEncoder();

const encode = (name: string, value: unknown): Uint8Array =>
  encoder.encode(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);
