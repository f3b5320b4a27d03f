import { z } from 'zod';
import { clientFields } from './client-schema.ts';
import { clientName } from './client-name.ts';

/** A group of fields that is checked where it is used: as a part of the config that it changes. */
const part = z.record(z.string(), z.unknown());

const clientPart = clientFields
  .extend({ auth: part, network: part })
  .partial()
  .describe('What differs for this client. An `auth` of another `type` replaces the whole `auth`.');

/** What differs in one environment. */
export const contextSchema = z.strictObject({
  network: part.optional().describe('What differs in `network`.'),
  tokenStore: part.optional().describe('What differs in `tokenStore`.'),
  secretFiles: part.optional().describe('What differs in `secretFiles`.'),
  clients: z.record(clientName, clientPart).optional().describe('What differs for clients, by name; or more clients.'),
});
