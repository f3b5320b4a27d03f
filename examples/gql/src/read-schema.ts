import { systemClock } from '@bearings/client';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import type { GraphQLSchema, IntrospectionQuery } from 'graphql';
import { CommandError } from './command-error.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import { executeOperation } from './execute-operation.ts';
import { formatErrors } from './format-errors.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import { readOperation } from './read-operation.ts';
import type { Redaction } from './redaction.ts';
import { openSchemaCache } from './schema-cache.ts';
import type { Terminal } from './terminal.ts';

/** How to read the schema of an endpoint. */
export interface ReadSchemaOptions {
  readonly endpoint: string;
  readonly config: EndpointsConfig;
  readonly redaction: Redaction;
  readonly verbose: boolean;
  /** Asks the service also when the cached schema is young enough. Default: false. */
  readonly refresh?: boolean;
}

/** A schema, and the answer to the introspection that it was built from. */
export interface EndpointSchema {
  readonly schema: GraphQLSchema;
  readonly introspection: IntrospectionQuery;
}

/** A cached schema is used for this long. */
const maxAgeMs = 60 * 60 * 1_000;

/**
 * The schema of an endpoint: the cached one, at most an hour old, or that of the service.
 *
 * @throws CommandError when the service does not answer, or allows no introspection
 */
export async function readSchema(options: ReadSchemaOptions, terminal: Terminal): Promise<EndpointSchema> {
  const { endpoint, config, refresh = false } = options;
  const now = (terminal.tokenOptions.clock ?? systemClock).now();
  const cache = openSchemaCache(endpoint, config, terminal);
  const cached = refresh ? undefined : await cache.load();
  const age = cached === undefined ? Infinity : now - cached.readAt;
  if (cached !== undefined && age >= 0 && age < maxAgeMs) {
    const built = buildSchema(cached.introspection);
    if (built !== undefined) return { schema: built, introspection: cached.introspection };
  }
  const introspection = await introspect(options, terminal);
  const schema = buildSchema(introspection);
  if (schema === undefined)
    throw new CommandError('NO_GRAPHQL', `${endpoint}: the answer to the introspection is no schema`);
  await cache.save({ readAt: now, introspection });
  return { schema, introspection };
}

/** `undefined` for what is no schema. */
function buildSchema(introspection: IntrospectionQuery): GraphQLSchema | undefined {
  try {
    return buildClientSchema(introspection);
  } catch {
    return undefined;
  }
}

async function introspect(options: ReadSchemaOptions, terminal: Terminal): Promise<IntrospectionQuery> {
  const { endpoint, redaction } = options;
  const operation = readOperation(getIntrospectionQuery(), undefined);
  const answer = await executeOperation({ ...options, operation, variables: {} }, terminal);
  if (isIntrospection(answer.data)) return answer.data;
  const hint = 'The service may not allow introspection';
  throw new CommandError('GRAPHQL', `${endpoint}: the service does not show its schema`, [
    ...formatErrors(answer.errors, redaction.show),
    hint,
  ]);
}

const isIntrospection = (data: GraphQLResponse['data']): data is IntrospectionQuery =>
  typeof data === 'object' && data !== null && '__schema' in data;
