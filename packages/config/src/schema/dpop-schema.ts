import { z } from 'zod';
import { keyReference } from '../secrets/secret-schema.ts';

/** Whether tokens are bound to a key, and to which. */
export const dpopSchema = z.union([
  z.boolean(),
  z.strictObject({
    privateKeyRef: keyReference.describe(
      'Reference to the key: EC, Ed25519, or RSA of 2048 bits or more. It is read once.',
    ),
  }),
]);

/** `true` for a new key, or a reference to yours. */
export type DpopFields = z.output<typeof dpopSchema>;
