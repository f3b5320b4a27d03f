import { z } from 'zod';

/** The position of a page in a list, as the checkpoint keeps it. */
export const positionSchema = z.strictObject({
  page: z.int().min(1),
  at: z.string().optional(),
  offset: z.int().min(0).optional(),
  seen: z.int().min(0).optional(),
  empty: z.int().min(0).optional(),
  digest: z.string().optional(),
  same: z.int().min(1).optional(),
});
