import { createPaging, describeType, firstPosition, resolvePointer, toText } from '@bearings/client/paging';
import type { PagingStrategy, StepContext } from '@bearings/client/paging';
import type { RestPull } from './connector-schema.ts';
import { digestText } from './digest.ts';
import { createFirstRequest } from './first-request.ts';
import type { Mark } from './incremental.ts';
import type { PageContext } from './fetch-page.ts';
import { RunError } from './run-error.ts';
import { findResource } from './task.ts';
import type { Task } from './task.ts';

/** A page to request, and what its answer is read with. */
export type PagePlan = PageContext & StepContext & { readonly strategy: PagingStrategy };

/** The request of a task's page. */
export function planPage(source: RestPull, task: Task, mark: Mark | undefined): PagePlan {
  const resource = findResource(source, task);
  const { position } = task;
  const strategy = createPaging(resource);
  const first = createFirstRequest(source, resource, { values: task.values, mark });
  const { paging, parent } = resource;
  const mayEnd = 'afterLast' in paging && paging.afterLast === 'not_found' && position.page > 1;
  const mayHaveNone = parent?.notFound === 'skip' && position.page === 1;
  const request = strategy.request(first, position);
  return { resource, strategy, first, position, digest: digestText, request, mayBeMissing: mayEnd || mayHaveNone };
}

/**
 * The first pages of the lists of these records: those of each resource that has this one as its parent.
 *
 * @throws RunError when a record lacks a value
 */
export function createChildTasks({ resources }: RestPull, task: Task, records: readonly unknown[]): readonly Task[] {
  const children = resources.filter(({ parent }) => parent?.resource === task.resource);
  if (children.length === 0) return [];
  return records.flatMap((record, index) =>
    children.map(({ name, parent }) => ({
      resource: name,
      position: firstPosition,
      values: { ...task.values, ...readValues(record, parent?.values ?? {}, index) },
      ...(task.again === true && { again: task.again }),
    })),
  );
}

function readValues(
  record: unknown,
  pointers: Readonly<Record<string, string>>,
  index: number,
): Record<string, string> {
  const read = (pointer: string): string => {
    const found = resolvePointer(record, pointer);
    const text = 'value' in found ? toText(found.value) : undefined;
    if (text !== undefined) return text;
    const what = 'value' in found ? `${describeType(found.value)} at ${pointer}` : `no ${found.missingAt}`;
    throw new RunError('EXTRACTION', `record ${index + 1} has ${what}, so its own lists cannot be requested`);
  };
  return Object.fromEntries(Object.entries(pointers).map(([name, pointer]) => [name, read(pointer)]));
}
