import { isSecure } from '@bearings/client/layer';
import { authSchema, configSchema, readDocument, readSecret } from '@bearings/config';
import type { ClientConfig, Config, Environment } from '@bearings/config';
import { z } from 'zod';
import { CommandError } from './command-error.ts';
import { createOpenSharing } from './token-sharing.ts';
import type { OpenSharing } from './token-sharing.ts';

const { clients, tokenStore } = configSchema.shape;
const { keyType: endpointName, valueType: client } = clients;
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
  tokenStore,
  endpoints: z.record(endpointName, endpoint),
});

/** Checked endpoints, as clients of `@bearings/config`. Holds references to secrets, no secrets. */
export interface EndpointsConfig extends Config {
  /** The path of the file. */
  readonly file: string;
  /** The URL of each endpoint. */
  readonly urls: Readonly<Record<string, string>>;
  readonly openSharing: OpenSharing;
}

/**
 * Reads a file of endpoints.
 *
 * @throws CommandError that lists all problems
 */
export async function readEndpoints(file: string, env: Environment): Promise<EndpointsConfig> {
  const read = await readDocument(file, endpointsSchema, { env });
  if (read.isErr()) throw new CommandError('USAGE', read.error.message);
  const named = Object.entries(read.value.endpoints).map(([name, given]) => [name, toClientConfig(given)] as const);
  const { tokenStore: store } = read.value;
  const readCurrent: Config['readSecret'] = (reference, kind = 'secret') => readSecret(reference, { env, kind });
  return {
    file,
    urls: Object.fromEntries(Object.entries(read.value.endpoints).map(([name, { url }]) => [name, url])),
    clients: Object.fromEntries(named),
    readSecret: readCurrent,
    openSharing: createOpenSharing({ tokenStore: store, readSecret: readCurrent }, env),
  };
}

function toClientConfig({ url, ...rest }: z.output<typeof endpoint>): ClientConfig {
  return { ...rest, baseUrl: `${new URL(url).origin}/`, userAgent: 'bearings-gql' };
}
