import { z } from 'zod';
import { clientName } from './client-name.ts';
import { clientSchema } from './client-schema.ts';
import { checkClients } from './client-rules.ts';
import { contextSchema } from './context-schema.ts';
import { isObject } from './field-schemas.ts';
import { networkSchema } from './network-schema.ts';
import { secretFilesSchema } from './secret-files-schema.ts';
import { tokenStoreSchema } from './token-store-schema.ts';

const contextName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/, 'must be letters, digits and single dashes, with a letter first');

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
      .describe(
        'Where processes share their tokens: those of one machine by a file, those of many by Redis or PostgreSQL. Default: each process requests its own.',
      ),
    secretFiles: secretFilesSchema.optional(),
    context: contextName
      .optional()
      .describe('The context to use when none is named. Default: none; the file is used without its contexts.'),
    contexts: z
      .record(contextName, contextSchema)
      .optional()
      .describe('What differs between environments, such as `dev` and `prod`, by name.'),
    clients: z.record(clientName, clientSchema).describe('The clients by name.'),
  })
  .superRefine(checkClients, { when: isObject })
  .describe('The HTTP clients of a service, with references to their secrets.');
