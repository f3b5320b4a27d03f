import { isSecure } from '@bearings/client/layer';
import { authSchema, configSchema, readDocument, readSecret } from '@bearings/config';
import type { ClientConfig, Config, Environment } from '@bearings/config';
import { z } from 'zod';
import { CommandError } from './command-error.ts';

const { keyType: endpointName, valueType: client } = configSchema.shape.clients;
const { baseUrl, timeoutMs, headers } = client.shape;

const endpoint = z.strictObject({
  url: baseUrl.refine((value) => {
    const url = URL.parse(value);
    return url === null || isSecure(url); // what is no URL is told by the rule before
  }, 'must be https (http on loopback apart)'),
  timeoutMs,
  headers,
  auth: authSchema,
});

/** A file of endpoints, as it is written: names, fields and `auth` are by the rules of `@bearings/config`. */
const endpointsSchema = z.strictObject({
  $schema: z.string().optional(),
  endpoints: z.record(endpointName, endpoint),
});

/** Endpoints, checked, as the clients that they are called by. Holds references to secrets, and no secret. */
export interface EndpointsConfig extends Config {
  /** Where they are written. */
  readonly file: string;
}

/**
 * Reads a file of endpoints.
 *
 * @throws CommandError that tells all that is wrong
 */
export async function readEndpoints(file: string, env: Environment): Promise<EndpointsConfig> {
  const read = await readDocument(file, endpointsSchema, { env });
  if (read.isErr()) throw new CommandError('USAGE', read.error.message);
  const clients = Object.entries(read.value.endpoints).map(([name, given]) => [name, clientOf(given)] as const);
  return {
    file,
    clients: Object.fromEntries(clients),
    readSecret: (reference, kind = 'secret') => readSecret(reference, { env, kind }),
  };
}

function clientOf({ url, ...rest }: z.output<typeof endpoint>): ClientConfig {
  return { ...rest, baseUrl: url, userAgent: 'bearings-gql' };
}
