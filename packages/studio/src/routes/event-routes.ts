import type { Library } from '../documents/library.ts';
import type { Clock } from '@bearings/client';
import { readVersion } from '../documents/file-version.ts';
import { openEvents } from '../server/respond.ts';
import type { EventSink } from '../server/respond.ts';
import type { Route } from '../server/studio-server.ts';
import type { WatchedService } from '../watch/watched-service.ts';

/** What pages follow. */
export interface EventContext {
  readonly library: Library;
  readonly clock: Clock;
  readonly service: WatchedService | undefined;
  /** The open streams, which get an event when the studio ends. */
  readonly sinks: Set<EventSink>;
}

const lookMs = 1_000;

/** `GET /api/events`: the status of the service, and documents that change on disk. */
export function eventRoute({ library, clock, service, sinks }: EventContext): readonly [string, Route] {
  return [
    'GET /api/events',
    (_, response) => {
      const events = openEvents(response);
      sinks.add(events);
      const stopWatching = service?.subscribe(({ name, value }) => events.send(name, value));
      const stopLooking = followFiles(library, clock, (ids) => events.send('documents', ids));
      events.signal.addEventListener('abort', () => {
        sinks.delete(events);
        stopWatching?.();
        stopLooking();
      });
    },
  ];
}

/**
 * Looks at the files once a second, and reports the ids of those that have changed. The first look reports all: a file may
 * have changed since the page has read it.
 */
function followFiles(library: Library, clock: Clock, report: (ids: readonly string[]) => void): () => void {
  const known = new Map<string, string>();
  let cancel = (): void => {};
  let isStopped = false;

  async function look(isFirst: boolean): Promise<void> {
    const changed: string[] = [];
    for (const { id, file } of await library.list()) {
      const version = await readFileVersion(file);
      if (isFirst || known.get(id) !== version) changed.push(id);
      known.set(id, version);
    }
    if (isStopped) return;
    if (changed.length > 0) report(changed);
    cancel = clock.schedule(lookMs, () => void look(false), { background: true }); // never rejects
  }

  void look(true); // never rejects
  return () => {
    isStopped = true;
    cancel();
  };
}

async function readFileVersion(file: string): Promise<string> {
  try {
    return (await readVersion(file)).version;
  } catch {
    return 'unreadable'; // the page asks for it and gets the reason
  }
}
