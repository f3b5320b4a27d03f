import { z } from 'zod';
import { clientSchema } from './client-schema.ts';
import { networkSchema } from './network-schema.ts';
import { tokenStoreSchema } from './token-store-schema.ts';

/** Names with another meaning on the clients object. `then` would make it a promise. */
const reserved = ['close', 'then'];

const clientName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/, 'must be letters, digits and single dashes, with a letter first')
  .refine(
    (name) => !reserved.includes(name),
    'choose another name: clients.close and clients.then have another meaning',
  );

/** The schema of a config file. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('The JSON Schema, for editors.'),
    network: networkSchema
      .optional()
      .describe(
        'How connections are made: for calls and token requests of all clients that have no `network` of their own.',
      ),
    tokenStore: tokenStoreSchema
      .optional()
      .describe('Where the processes of one machine share their tokens. Default: each process requests its own.'),
    clients: z.record(clientName, clientSchema).describe('The clients by name.'),
  })
  .describe('The HTTP clients of a service, with references to their secrets.');
