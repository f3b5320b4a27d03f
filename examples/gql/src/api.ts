import { validate } from 'graphql';
import { CommandError } from './command-error.ts';
import { executeAll } from './execute-operation.ts';
import type { OperationContext } from './execute-operation.ts';
import { formatErrors, summarizeErrors } from './format-errors.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import { prettyJson } from './pretty-json.ts';
import { findEndpoint, openConfig } from './open-config.ts';
import type { ConfigArguments } from './open-config.ts';
import { findConnection } from './paginate.ts';
import { readOperation } from './read-operation.ts';
import type { Operation } from './read-operation.ts';
import { readSchema } from './read-schema.ts';
import type { ReadSchemaOptions } from './read-schema.ts';
import { readTextArgument } from './read-text-argument.ts';
import { readVariables } from './read-variables.ts';
import type { GivenVariables } from './read-variables.ts';
import { startRedaction } from './redaction.ts';
import type { Terminal } from './terminal.ts';

/** The arguments of `gql api`. */
export interface ApiArguments extends GivenVariables, ConfigArguments {
  readonly endpoint: string;
  /** GraphQL, `@file`, or `-` for stdin. */
  readonly query: string;
  readonly operation?: string;
  /** Reads all pages of a connection. */
  readonly paginate?: boolean;
  /** Sends the hash of the query, and the query only when the service does not know it. */
  readonly persisted?: boolean;
  /** Checks the query against the schema first. */
  readonly check?: boolean;
  /** Ends a subscription after this many events. */
  readonly events?: string;
  readonly verbose?: boolean;
}

/**
 * `gql api`: executes an operation, and prints its data and errors.
 *
 * @throws CommandError unless every response has data and no errors
 */
export async function api(args: ApiArguments, terminal: Terminal): Promise<void> {
  const config = await openConfig(args, terminal);
  findEndpoint(args.endpoint, config);
  const operation = readOperation(await readTextArgument(args.query, terminal), args.operation);
  const limit = readLimit(args.events, operation);
  const paged = args.paginate === true ? findConnection(operation) : undefined;
  const variables = await readVariables(args, operation, terminal);
  const redaction = startRedaction();
  const { endpoint, verbose = false, persisted: isPersisted = false } = args;
  if (isPersisted && operation.kind === 'subscription') {
    throw new CommandError('USAGE', '--persisted is for queries and mutations, and this is a subscription');
  }
  if (args.check === true) await check(operation, { endpoint, config, redaction, verbose }, terminal);
  const context = { endpoint, verbose, config, operation, variables, redaction, isPersisted, paged };
  const printed = await printAnswers(executeAll(context, terminal), { ...context, limit }, terminal);
  if (printed !== undefined) throw printed;
}

interface PrintContext extends Pick<OperationContext, 'endpoint' | 'operation' | 'redaction'> {
  readonly limit: number | undefined;
}

/** Prints the data of each answer. Returns the failure to report at the end; those of a subscription are printed at once. */
async function printAnswers(
  answers: AsyncIterable<GraphQLResponse>,
  { endpoint, operation, redaction, limit }: PrintContext,
  { print, printError }: Terminal,
): Promise<CommandError | undefined> {
  const isStream = operation.kind === 'subscription';
  let failure: CommandError | undefined;
  let count = 0;
  for await (const { data, errors } of answers) {
    if (data !== undefined) print(`${prettyJson(data, isStream ? 0 : 2)}\n`);
    if (errors.length > 0) {
      const details = formatErrors(errors, redaction.show);
      failure = new CommandError('GRAPHQL', `${endpoint}: ${summarizeErrors({ data, errors })}`, details);
      if (isStream) printError([`✗ ${failure.message}`, ...details.map((line) => `    ${line}`)].join('\n'));
    }
    count += 1;
    if (count === limit) break;
  }
  return isStream && failure !== undefined
    ? new CommandError('GRAPHQL', `${endpoint}: events of the subscription had errors, see above`)
    : failure;
}

/** @throws CommandError */
function readLimit(given: string | undefined, { kind }: Operation): number | undefined {
  if (given === undefined) return undefined;
  if (kind !== 'subscription') throw new CommandError('USAGE', `--events is for subscriptions, and this is a ${kind}`);
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new CommandError('USAGE', '--events needs a whole number from 1 on');
}

/** @throws CommandError for a query that the schema does not allow */
async function check(operation: Operation, options: ReadSchemaOptions, terminal: Terminal): Promise<void> {
  const { schema } = await readSchema(options, terminal);
  const problems = validate(schema, operation.parsed, undefined, { maxErrors: 20 });
  if (problems.length === 0) return;
  const details = problems.map(({ message, locations: [place] = [] }) =>
    options.redaction.show(place === undefined ? message : `${message} (query ${place.line}:${place.column})`),
  );
  throw new CommandError('USAGE', `The query does not fit the schema of ${options.endpoint}; it was not sent`, details);
}
