import type { RunEvent } from '../run-event.ts';

/** How far a resource is, in this run. */
export interface ListProgress {
  readonly name: string;
  /** Written in this run, by all lists of the resource. */
  readonly records: number;
  readonly pages: number;
  /** How many records the list has; `undefined` when the API does not say so, and with several lists. */
  readonly expected: number | undefined;
  /** Empty pages in a row. */
  readonly empty: number;
  readonly startedAt: number;
  readonly changedAt: number;
  readonly isDone: boolean;
}

/** The progress of a run, as its events show it. */
export interface RunProgress {
  /** In the order of their first pages. */
  readonly lists: readonly ListProgress[];
  /** Until when the API asked to wait, and with which status. */
  readonly waiting: { readonly until: number; readonly status: number } | undefined;
}

export const noProgress: RunProgress = { lists: [], waiting: undefined };

/** The progress after an event. */
export function addEvent(progress: RunProgress, event: RunEvent, now: number): RunProgress {
  if (event.type === 'throttled') return { ...progress, waiting: { until: now + event.waitMs, status: event.status } };
  if (event.type !== 'page') return progress;
  const { lists } = progress;
  const known = lists.find(({ name }) => name === event.resource);
  const changed = addPage(known ?? createList(event.resource, lists, now), event, now);
  return {
    lists: known ? lists.map((each) => (each === known ? changed : each)) : [...lists, changed],
    waiting: undefined,
  };
}

/** Its first page was requested when the list before it changed last. */
function createList(name: string, lists: readonly ListProgress[], now: number): ListProgress {
  const startedAt = Math.max(0, ...lists.map(({ changedAt }) => changedAt)) || now;
  return { name, records: 0, pages: 0, expected: undefined, empty: 0, startedAt, changedAt: now, isDone: false };
}

type PageEvent = RunEvent & { readonly type: 'page' };

function addPage(list: ListProgress, event: PageEvent, now: number): ListProgress {
  const isEmpty = event.records + event.duplicates === 0;
  return {
    ...list,
    records: list.records + event.records,
    pages: list.pages + 1,
    expected: list.isDone ? undefined : event.expected,
    empty: isEmpty ? list.empty + 1 : 0,
    changedAt: now,
    isDone: event.isLast,
  };
}
