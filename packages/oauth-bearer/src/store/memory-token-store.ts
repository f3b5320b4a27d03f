import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { storeRules } from './store-rules.ts';
import type { StoreRecord } from './store-rules.ts';
import type { TokenStore } from './token-store.ts';

export interface MemoryTokenStoreOptions {
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** A store in the memory of this process: for several tokens of one process, for the workers of a port, and for tests. */
export function memoryTokenStore({ clock = systemClock }: MemoryTokenStoreOptions = {}): TokenStore {
  const records = new Map<string, StoreRecord>();
  const watchers = new Map<string, Set<() => void>>();
  const change = <Answer>(key: string, decide: (record: StoreRecord, nowMs: number) => Decided<Answer>): Answer => {
    const { record, answer } = decide(records.get(key) ?? {}, clock.monotonic());
    if (isEmpty(record)) records.delete(key);
    else records.set(key, record);
    return answer;
  };
  const notify = (key: string): void => {
    for (const changed of watchers.get(key) ?? []) changed();
  };
  return {
    ask: async (key, question) => change(key, (record, nowMs) => storeRules.decide(record, question, nowMs)),
    async put(key, offer) {
      const isStored = change(key, (record, nowMs) => storeRules.put(record, offer, nowMs));
      notify(key);
      return isStored;
    },
    async release(key, release) {
      change(key, (record, nowMs) => storeRules.release(record, release, nowMs));
      notify(key);
    },
    watch(key, changed) {
      const watching = watchers.get(key) ?? new Set();
      watchers.set(key, watching.add(changed));
      return () => {
        watching.delete(changed);
        if (watching.size === 0 && watchers.get(key) === watching) watchers.delete(key);
      };
    },
  };
}

interface Decided<Answer> {
  readonly record: StoreRecord;
  readonly answer: Answer;
}

const isEmpty = (record: StoreRecord): boolean => Object.values(record).every((each) => each === undefined);
