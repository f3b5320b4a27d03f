import { isSecure } from '@bearings/client/layer';
import { authSchema, configSchema, readDocument, readSecret } from '@bearings/config';
import type { ClientConfig, Config, Environment } from '@bearings/config';
import { z } from 'zod';
import { CommandError } from './command-error.ts';

const { keyType: endpointName, valueType: client } = configSchema.shape.clients;
const { baseUrl, timeout, headers } = client.shape;

const endpoint = z.strictObject({
  url: baseUrl.refine((value) => {
    const url = URL.parse(value);
    return url === null || isSecure(url); // the rule before reports an invalid URL
  }, 'must be https (http only to this machine)'),
  timeout,
  headers,
  auth: authSchema,
});

/** The format of the file. Names, fields and `auth` follow the rules of `@bearings/config`. */
const endpointsSchema = z.strictObject({
  $schema: z.string().optional(),
  endpoints: z.record(endpointName, endpoint),
});

/** Checked endpoints, as clients of `@bearings/config`. Holds references to secrets, no secrets. */
export interface EndpointsConfig extends Config {
  /** The path of the file. */
  readonly file: string;
  /** The URL of each endpoint. */
  readonly urls: Readonly<Record<string, string>>;
}

/**
 * Reads a file of endpoints.
 *
 * @throws CommandError that lists all problems
 */
export async function readEndpoints(file: string, env: Environment): Promise<EndpointsConfig> {
  const read = await readDocument(file, endpointsSchema, { env });
  if (read.isErr()) throw new CommandError('USAGE', read.error.message);
  const clients = Object.entries(read.value.endpoints).map(([name, given]) => [name, toClientConfig(given)] as const);
  return {
    file,
    urls: Object.fromEntries(Object.entries(read.value.endpoints).map(([name, { url }]) => [name, url])),
    clients: Object.fromEntries(clients),
    readSecret: (reference, kind = 'secret') => readSecret(reference, { env, kind }),
  };
}

function toClientConfig({ url, ...rest }: z.output<typeof endpoint>): ClientConfig {
  return { ...rest, baseUrl: `${new URL(url).origin}/`, userAgent: 'bearings-gql' };
}
