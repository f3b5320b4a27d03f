import { storeRules } from './store-rules.ts';
import type { Decision, StoreRecord } from './store-rules.ts';
import type { TokenStore } from './token-store.ts';

/** A table of records with versions: any database that can write a row only if it has not changed since it was read. */
export interface RecordTable {
  /** The record of a key. */
  read(key: string): Promise<RecordRow>;
  /** Writes a record if its row still has the version that was read. Answers whether it was written. */
  write(key: string, change: RecordChange): Promise<boolean>;
}

/** A row as it was read. */
export interface RecordRow {
  readonly record: StoreRecord;
  /** `undefined` when there is no row. */
  readonly version: number | undefined;
  /** The time by the table's clock, one clock for all that use it. In milliseconds. */
  readonly nowMs: number;
}

export interface RecordChange {
  readonly record: StoreRecord;
  /** The version that was read; the row gets the next one. */
  readonly version: number | undefined;
  /** When nothing in the record counts any more: the row may be deleted then. */
  readonly endsAtMs: number;
}

/** Each conflict means that another replica has written. This many in a row mean a table that never writes. */
const maxConflicts = 50;

/**
 * A store over a table: reads the record, decides by `storeRules`, and writes it if it has not changed meanwhile. Most
 * questions change nothing, and read only.
 */
export function recordTokenStore(table: RecordTable): TokenStore {
  const change = async <Answer>(
    key: string,
    decide: (record: StoreRecord, nowMs: number) => Decision<Answer>,
  ): Promise<Answer> => {
    for (let count = 0; count < maxConflicts; count += 1) {
      const { record: before, version, nowMs } = await table.read(key);
      const { record, answer } = decide(before, nowMs);
      if (JSON.stringify(record) === JSON.stringify(before)) return answer;
      if (await table.write(key, { record, version, endsAtMs: lastEnd(record) })) return answer;
    }
    throw new Error('The token store was changed by others at each attempt');
  };
  return {
    ask: (key, question) => change(key, (record, nowMs) => storeRules.decide(record, question, nowMs)),
    put: (key, offer) => change(key, (record, nowMs) => storeRules.put(record, offer, nowMs)),
    release: (key, release) => change(key, (record, nowMs) => storeRules.release(record, release, nowMs)),
  };
}

function lastEnd({ entry, lease, failure, rotatedUntilMs = 0 }: StoreRecord): number {
  return Math.max(entry?.endsAtMs ?? 0, lease?.endsAtMs ?? 0, failure?.endsAtMs ?? 0, rotatedUntilMs);
}

/** A record from the JSON of a row. What cannot be read counts as nothing: it is replaced. */
export function parseRecord(text: unknown): StoreRecord {
  try {
    const record: StoreRecord | null = typeof text === 'string' ? JSON.parse(text) : {};
    return record ?? {};
  } catch {
    return {};
  }
}
