import { readDocument } from '@bearings/config';
import { z } from 'zod';

/** `Did you mean …?`, or the names there are: by the same rules as for a config, whose reader is asked. */
export async function suggestionFor(name: string, names: readonly string[], are: string): Promise<string> {
  if (names.length === 0) return `It has no ${are}`;
  const read = await readDocument({ name }, z.object({ name: z.enum(names) }));
  const meant = read.isErr() ? read.error.problems[0]?.suggestion : undefined;
  return meant === undefined ? `The ${are} are ${names.join(', ')}` : `Did you mean ${meant}?`;
}
