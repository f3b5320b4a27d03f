import { z } from 'zod';

/** A line of an output. */
export const outputLine = z.object({ resource: z.string(), record: z.unknown() });
