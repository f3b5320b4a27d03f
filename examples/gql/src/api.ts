import { headlineOf, linesOf } from './answered-errors.ts';
import { ask } from './ask.ts';
import { CommandError } from './command-error.ts';
import { connect } from './connect.ts';
import { describeFailure } from './describe-failure.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import { givenText } from './given-text.ts';
import type { GraphQLAnswer } from './graphql-answer.ts';
import { prettyJson } from './lossless-json.ts';
import { endpointNamed, openConfig } from './open-config.ts';
import { readOperation } from './operation.ts';
import type { Operation } from './operation.ts';
import { startRedaction } from './redaction.ts';
import type { Redaction } from './redaction.ts';
import type { Terminal } from './terminal.ts';
import { traceTo } from './trace.ts';
import { readVariables } from './variables.ts';
import type { GivenVariables } from './variables.ts';

/** What `gql api` is given. */
export interface ApiArguments extends GivenVariables {
  readonly endpoint: string;
  /** GraphQL, `@file`, or `-` for stdin. */
  readonly query: string;
  readonly operation?: string;
  readonly config?: string;
  readonly verbose?: boolean;
}

/**
 * `gql api`: carries out an operation, prints its data, and tells of its errors.
 *
 * @throws CommandError for everything that is not data without errors
 */
export async function api(given: ApiArguments, terminal: Terminal): Promise<void> {
  const config = await openConfig(given.config, terminal);
  endpointNamed(given.endpoint, config);
  const operation = readOperation(await givenText(given.query, terminal), given.operation);
  const variables = await readVariables(given, operation, terminal);
  const redaction = startRedaction();
  const { endpoint, verbose = false } = given;
  const answer = await carryOut({ endpoint, verbose, config, operation, variables, redaction }, terminal);
  if (answer.data !== undefined) terminal.print(`${prettyJson(answer.data)}\n`);
  if (answer.errors.length === 0) return;
  const details = linesOf(answer.errors, redaction.show);
  throw new CommandError('GRAPHQL', `${endpoint}: ${headlineOf(answer)}`, details);
}

interface Task {
  readonly endpoint: string;
  readonly verbose: boolean;
  readonly config: EndpointsConfig;
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly redaction: Redaction;
}

/** @throws CommandError when there is no answer of a GraphQL service */
async function carryOut(task: Task, terminal: Terminal): Promise<GraphQLAnswer> {
  const { endpoint, config, operation, variables, redaction } = task;
  const { world, signal } = terminal;
  const { baseUrl: url, auth } = endpointNamed(endpoint, config);
  const onlooker = task.verbose ? traceTo(terminal) : undefined;
  const onRetry = onlooker?.onRetry ?? (() => {});
  let isSent = false;
  const onSend = (): void => {
    isSent = true;
  };
  try {
    await using connection = await connect(config, endpoint, { world, redaction, onSend, onlooker });
    return await ask(connection, { url, operation, variables, signal, onRetry });
  } catch (error) {
    throw describeFailure(error, { endpoint, auth, operation, isSent, signal, show: redaction.show });
  }
}
