import { summarizeErrors, formatErrors } from './format-errors.ts';
import { sendOperation } from './send-operation.ts';
import { CommandError } from './command-error.ts';
import { connect } from './connect.ts';
import { describeFailure } from './describe-failure.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import { readTextArgument } from './read-text-argument.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import { prettyJson } from './lossless-json.ts';
import { findEndpoint, openConfig } from './open-config.ts';
import { readOperation } from './read-operation.ts';
import type { Operation } from './read-operation.ts';
import { startRedaction } from './redaction.ts';
import type { Redaction } from './redaction.ts';
import type { Terminal } from './terminal.ts';
import { createTrace } from './trace.ts';
import { readVariables } from './read-variables.ts';
import type { GivenVariables } from './read-variables.ts';

/** The arguments of `gql api`. */
export interface ApiArguments extends GivenVariables {
  readonly endpoint: string;
  /** GraphQL, `@file`, or `-` for stdin. */
  readonly query: string;
  readonly operation?: string;
  readonly config?: string;
  readonly verbose?: boolean;
}

/**
 * `gql api`: executes an operation, and prints its data and errors.
 *
 * @throws CommandError unless the response has data and no errors
 */
export async function api(args: ApiArguments, terminal: Terminal): Promise<void> {
  const config = await openConfig(args.config, terminal);
  findEndpoint(args.endpoint, config);
  const operation = readOperation(await readTextArgument(args.query, terminal), args.operation);
  const variables = await readVariables(args, operation, terminal);
  const redaction = startRedaction();
  const { endpoint, verbose = false } = args;
  const answer = await execute({ endpoint, verbose, config, operation, variables, redaction }, terminal);
  if (answer.data !== undefined) terminal.print(`${prettyJson(answer.data)}\n`);
  if (answer.errors.length === 0) return;
  const details = formatErrors(answer.errors, redaction.show);
  throw new CommandError('GRAPHQL', `${endpoint}: ${summarizeErrors(answer)}`, details);
}

interface OperationContext {
  readonly endpoint: string;
  readonly verbose: boolean;
  readonly config: EndpointsConfig;
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly redaction: Redaction;
}

/** @throws CommandError when there is no GraphQL response */
async function execute(task: OperationContext, terminal: Terminal): Promise<GraphQLResponse> {
  const { endpoint, config, operation, variables, redaction } = task;
  const { tokenOptions, signal } = terminal;
  const { baseUrl, auth } = findEndpoint(endpoint, config);
  const { [endpoint]: url = baseUrl } = config.urls;
  const trace = task.verbose ? createTrace(terminal) : undefined;
  const onRetry = trace?.onRetry ?? (() => {});
  let isSent = false;
  const onSend = (): void => {
    isSent = true;
  };
  try {
    await using connection = await connect(config, endpoint, { tokenOptions, redaction, onSend, observer: trace });
    return await sendOperation(connection, { url, operation, variables, signal, onRetry });
  } catch (error) {
    throw describeFailure(error, { endpoint, auth, operation, isSent, signal, show: redaction.show });
  }
}
