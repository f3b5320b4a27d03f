import { digestText } from './digest.ts';
import type { Task } from './task.ts';

/** The pages of this run, to find lists that go round in circles. After a crash a circle is found one round later. */
export interface VisitedPages {
  /** Remembers a page of a list. */
  add(list: Task, key: string): void;
  has(list: Task, key: string): boolean;
  /** True when a page of the list was pulled in this run. */
  knows(list: Task): boolean;
  /** Forgets a list that has ended. */
  forget(list: Task): void;
}

/** A digest for each page, of the lists that are in progress. */
export function createVisitedPages(): VisitedPages {
  const lists = new Map<string, Set<string>>();
  const listKey = ({ resource, values }: Task): string => JSON.stringify([resource, values]);
  return {
    add(list, key) {
      const pages = lists.get(listKey(list)) ?? new Set();
      lists.set(listKey(list), pages.add(digestText(key)));
    },
    has: (list, key) => lists.get(listKey(list))?.has(digestText(key)) === true,
    knows: (list) => lists.has(listKey(list)),
    forget: (list) => void lists.delete(listKey(list)),
  };
}
