import { firstPosition } from '@bearings/client/paging';
import { isLater } from './incremental.ts';
import type { Plan } from './journal.ts';
import { createFirstTasks } from './task.ts';
import type { Task } from './task.ts';
import type { Resource } from './schema/resource-schema.ts';

/** A pulled page, and what follows from it. */
export interface PulledPage {
  readonly task: Task;
  /** The next page of the same list; `undefined` at its end. */
  readonly next: Task | undefined;
  /** The lists of the page's records, which are pulled before the next page. */
  readonly children: readonly Task[];
  /** The latest change of the records so far, of a resource with `incremental`. */
  readonly latest: string | undefined;
}

/**
 * What is to be pulled after a page. Children go first, so the plan is never longer than one page of parents for each
 * level.
 */
export function advance({ todo, marks }: Plan, { task, next, children, latest }: PulledPage): Plan {
  const following = next === undefined ? children : [...children, next];
  const plan = { todo: todo.flatMap((each) => (each === task ? following : [each])), marks };
  if (latest === undefined) return plan;
  const { since } = marks[task.resource] ?? {};
  if (next !== undefined) return { ...plan, marks: { ...marks, [task.resource]: { ...marks[task.resource], latest } } };
  // at the end of the list, and not before: pages need not be in the order of their changes
  return {
    ...plan,
    marks: { ...marks, [task.resource]: { since: since === undefined || isLater(latest, since) ? latest : since } },
  };
}

/** Goes back to the start of a list; what is in the output already is not written again. */
export function restart({ todo, marks }: Plan, task: Task): Plan {
  const first: Task = { ...task, position: firstPosition, again: true };
  return { todo: todo.map((each) => (each === task ? first : each)), marks };
}

/** After everything was pulled: the changes since then, of the resources that have them. */
export function planChanges({ marks }: Plan, resources: readonly Resource[]): Plan {
  return { todo: createFirstTasks(resources.filter(({ incremental }) => incremental !== undefined)), marks };
}
