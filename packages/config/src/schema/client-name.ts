import { z } from 'zod';

/** Names with another meaning on the clients object. `then` would make it a promise. */
const reserved = ['close', 'then'];

/** The name of a client. */
export const clientName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/, 'must be letters, digits and single dashes, with a letter first')
  .refine(
    (name) => !reserved.includes(name),
    'choose another name: clients.close and clients.then have another meaning',
  );
