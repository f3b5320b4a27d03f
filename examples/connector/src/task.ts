import { z } from 'zod';
import type { RestPull } from './connector-schema.ts';
import { firstPosition } from '@bearings/client/paging';
import { positionSchema } from './position.ts';
import { RunError } from './run-error.ts';
import type { Resource } from './schema/resource-schema.ts';

/** The next page of a list that is still to be pulled. Plain JSON. */
export const taskSchema = z.strictObject({
  resource: z.string(),
  position: positionSchema,
  /** The values of the parent records, of a resource with a parent. */
  values: z.record(z.string(), z.string()).optional(),
  /** True when the list is pulled again from its start: what is in the output already is not written again. */
  again: z.literal(true).optional(),
});

/** The next page of a list that is still to be pulled. */
export type Task = Readonly<z.output<typeof taskSchema>>;

/** The first pages of these resources, without those that have parents. */
export function createFirstTasks(resources: readonly Resource[]): readonly Task[] {
  return resources
    .filter(({ parent }) => parent === undefined)
    .map(({ name }) => ({ resource: name, position: firstPosition }));
}

/** The resource of a task. */
export function findResource({ resources }: RestPull, { resource: name }: Pick<Task, 'resource'>): Resource {
  const resource = resources.find((each) => each.name === name);
  if (resource !== undefined) return resource;
  throw new RunError('STATE', 'the checkpoint names a resource that the source does not have');
}

/** A task in a message. */
export function describeTask({ resource, position, values }: Task): string {
  const parents = Object.entries(values ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}, `);
  return `${resource}, ${parents.join('')}page ${position.page}`;
}
