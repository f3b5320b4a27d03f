import { nextStep, readCount, requestKey } from '@bearings/client/paging';
import type { Page } from '@bearings/client/paging';
import { advance, restart } from './advance.ts';
import type { Connection } from './connect-source.ts';
import type { RestPull } from './connector-schema.ts';
import { describeFailure } from './describe-failure.ts';
import { describeExpiredCursor, isExpiredCursor } from './expired-cursor.ts';
import { fetchPage } from './fetch-page.ts';
import { latestChange } from './incremental.ts';
import type { Journal } from './journal.ts';
import { createChildTasks, planPage } from './plan-page.ts';
import type { PagePlan } from './plan-page.ts';
import { RunError } from './run-error.ts';
import type { RunListener } from './run-event.ts';
import { describeTask, findResource } from './task.ts';
import type { Task } from './task.ts';
import { createVisitedPages } from './visited-pages.ts';
import type { VisitedPages } from './visited-pages.ts';
import type { WrittenLines } from './written-lines.ts';

/** The parts of a run. */
export interface PullContext {
  readonly source: RestPull;
  readonly connection: Connection;
  readonly journal: Journal;
  readonly written: WrittenLines;
  readonly emit: RunListener;
  /** The wall time when the run began: later changes are left to the next run. */
  readonly startedAt: number;
}

/** Returns a function that pulls one page and adds it to the journal. */
export function createPuller(context: PullContext): (task: Task) => Promise<void> {
  const visited = createVisitedPages();
  return async (task) => {
    const { source, connection, journal } = context;
    connection.signal.throwIfAborted();
    try {
      const plan = planPage(source, task, journal.checkpoint.marks[task.resource]);
      await pullPage(task, plan, { ...context, visited });
    } catch (error) {
      if (connection.signal.aborted) throw error;
      const resource = findResource(source, task);
      const mayRestart = resource.expiredCursor === 'restart' && task.again === undefined;
      const isExpired = isExpiredCursor(error, task, visited.knows(task));
      const failure = await describeFailure(error, describeTask(task), connection);
      if (!isExpired) throw failure;
      if (!mayRestart) throw describeExpiredCursor(failure, resource);
      context.emit({ type: 'warning', message: `${failure.message}. The list is pulled from its first page again` });
      await journal.replan((plan) => restart(plan, task));
    }
  };
}

async function pullPage(
  task: Task,
  plan: PagePlan,
  { visited, ...context }: PullContext & { readonly visited: VisitedPages },
): Promise<void> {
  const page = await fetchPage(context.connection, plan);
  const { records, next: position } = nextStep(page, plan);
  const nextRequest = position && plan.strategy.request(plan.first, position);
  visited.add(task, requestKey(page.request));
  if (nextRequest !== undefined && visited.has(task, requestKey(nextRequest))) {
    throw new RunError('EXTRACTION', 'its next page was pulled before, so the run would never end');
  }
  const next = position && { ...task, position };
  const written = await writePage({ task, plan, records, next }, context);
  const { total } = plan.resource;
  const { checkpoint: reached } = context.journal;
  context.emit({
    type: 'page',
    resource: task.resource,
    page: task.position.page,
    records: written,
    duplicates: records.length - written,
    expected: readCount(total, page),
    isLast: next === undefined,
    total: { records: reached.records, pages: reached.pages, bytes: reached.bytes },
  });
  if (next !== undefined) return;
  visited.forget(task);
  warnOfShortfall(task, page, { plan, emit: context.emit });
}

interface ReadPage {
  readonly task: Task;
  readonly plan: PagePlan;
  readonly records: readonly unknown[];
  readonly next: Task | undefined;
}

/** Adds a page to the journal. Returns the number of lines, without those that the output had. */
async function writePage({ task, plan, records, next }: ReadPage, context: PullContext): Promise<number> {
  const { source, journal, written, startedAt: nowMs } = context;
  const { incremental, dedupe } = plan.resource;
  const { latest: known } = journal.checkpoint.marks[task.resource] ?? {};
  const latest = incremental && latestChange(records, incremental, { latest: known, nowMs });
  const children = createChildTasks(source, task, records);
  const isChecked = dedupe || task.again === true;
  if (isChecked) await written.load(task.resource, journal.checkpoint.bytes);
  let count = 0;
  await journal.commit({
    lines() {
      const lines = formatLines(task, records).filter((line) => written.add(task.resource, line) || !isChecked);
      count = lines.length;
      return lines;
    },
    advance: (rest) => advance(rest, { task, next, children, latest }),
  });
  return count;
}

/** A skipped parent, or a list that is shorter than the API says, is not a failure, but is reported. */
function warnOfShortfall(task: Task, page: Page, { plan, emit }: { plan: PagePlan; emit: RunListener }): void {
  const warn = (message: string): void => emit({ type: 'warning', message: `${describeTask(task)}: ${message}` });
  if (page.isMissing === true && task.position.page === 1) warn('404: skipped, as parent.notFound says');
  const expected = readCount(plan.resource.total, page);
  const seen = (task.position.seen ?? 0) + page.records.length;
  if (expected !== undefined && seen < expected)
    warn(`the list ended after ${seen} records, and the API names ${expected}`);
}

/** NDJSON: a line for each record, with the name of its resource and the values of its parents. */
function formatLines({ resource, values }: Task, records: readonly unknown[]): readonly string[] {
  return records.map((record) => JSON.stringify({ resource, ...(values !== undefined && { parent: values }), record }));
}
