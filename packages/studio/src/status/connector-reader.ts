import type { Clock } from '@bearings/client';
import { describeReadError } from './describe-failure.ts';
import { isConnectorsStatus } from './is-connectors-status.ts';
import type { ConnectorsRow, ConnectorsStatus } from './status-snapshot.ts';

/** Reads the status of connectors, such as from a database. Called again after it has ended only. */
export type ReadConnectors = () => Promise<ConnectorsStatus>;

/** The latest status of connectors. */
export interface ConnectorReader {
  readonly row: () => ConnectorsRow;
  /** Reads the status anew when it is older than two seconds. Resolves after five seconds at the latest. Never rejects. */
  readonly refresh: () => Promise<void>;
}

const freshMs = 2_000;
const maxReadMs = 5_000;

/** At most one read at a time, however many pages are open and however long it takes. */
export function readConnectors(read: ReadConnectors, notify: () => void, clock: Clock): ConnectorReader {
  let current: ConnectorsRow = { status: null, failure: null };
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;

  function show(row: ConnectorsRow): void {
    current = row;
    notify();
  }

  /** Resolves when there is an answer, or none in time: it is shown when it comes. */
  function begin(): Promise<void> {
    const answered = Promise.withResolvers<void>();
    const cancel = clock.schedule(
      maxReadMs,
      () => {
        show({ ...current, failure: `the status was not read within ${maxReadMs / 1_000} s` });
        answered.resolve();
      },
      { background: true },
    );
    const finish = async (): Promise<void> => {
      const row = await readRow(read, () => current);
      cancel();
      readAt = clock.monotonic();
      reading = undefined;
      show(row);
      answered.resolve();
    };
    void finish(); // never rejects
    return answered.promise;
  }

  return {
    row: () => current,
    async refresh() {
      if (reading === undefined && clock.monotonic() - readAt < freshMs) return;
      await (reading ??= begin());
    },
  };
}

/** What was read, or why there is no answer. The last status stays. Never rejects. */
async function readRow(read: ReadConnectors, last: () => ConnectorsRow): Promise<ConnectorsRow> {
  try {
    return { status: copyStatus(await read()), failure: null };
  } catch (cause) {
    return { ...last(), failure: describeReadError(cause) };
  }
}

/**
 * A copy that always can be written as JSON, whatever the reader answers: the caller's own object may hold a BigInt or a
 * getter, and may change.
 */
function copyStatus(answer: unknown): ConnectorsStatus {
  const [copy]: readonly unknown[] = JSON.parse(toJson([answer]));
  if (isConnectorsStatus(copy)) return copy;
  throw new TypeError('the answer is not a status: it needs the lists connectors, runs and workers, with names');
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(`the status cannot be written as JSON: ${describeReadError(cause)}`, { cause });
  }
}
