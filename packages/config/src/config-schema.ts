import { z } from 'zod';
import { clientSchema } from './client-schema.ts';

/** Names that an object of clients has for something else; a `then` would make a promise of it. */
const reserved = ['close', 'then'];

const clientName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/, 'must be letters, digits and single dashes, with a letter first')
  .refine(
    (name) => !reserved.includes(name),
    'must be another, because clients.close and clients.then mean something else',
  );

/** A file of clients, as it is written. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where the JSON Schema is, for editors.'),
    clients: z.record(clientName, clientSchema).describe('The clients, by the names they are asked for.'),
  })
  .describe('Clients of a service, with references to their secrets.');
