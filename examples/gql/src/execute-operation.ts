import { connect } from './connect.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { describeFailure } from './describe-failure.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import { findEndpoint } from './open-config.ts';
import { paginate } from './paginate.ts';
import type { PagedConnection } from './paginate.ts';
import type { Operation } from './read-operation.ts';
import type { Redaction } from './redaction.ts';
import { sendOperation } from './send-operation.ts';
import type { OperationRequest } from './send-operation.ts';
import { subscribe } from './subscribe.ts';
import type { Terminal } from './terminal.ts';
import { createTrace } from './trace.ts';

/** An operation and where to send it. */
export interface OperationContext {
  readonly endpoint: string;
  readonly verbose: boolean;
  readonly config: EndpointsConfig;
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly redaction: Redaction;
  readonly isPersisted?: boolean;
  /** The connection to page through. */
  readonly paged?: PagedConnection | undefined;
}

/**
 * Executes an operation: one result for a query or a mutation, a page each for a paged query, and those of a subscription
 * as they come.
 *
 * @throws CommandError when there is no GraphQL response
 */
export async function* executeAll(context: OperationContext, terminal: Terminal): AsyncGenerator<GraphQLResponse> {
  const { endpoint, config, operation, redaction } = context;
  const { tokenOptions, signal } = terminal;
  const trace = context.verbose ? createTrace(terminal) : undefined;
  let isSent = false;
  const onSend = (): void => {
    isSent = true;
  };
  const isStream = operation.kind === 'subscription';
  const options: ConnectOptions = { tokenOptions, redaction, onSend, observer: trace, isStream };
  const { baseUrl, auth } = findEndpoint(endpoint, config);
  const { [endpoint]: url = baseUrl } = config.urls;
  try {
    await using connection = await connect(config, endpoint, options);
    const onRetry = trace?.onRetry ?? (() => {});
    yield* results(connection, { ...context, url, signal, onRetry }, terminal);
  } catch (error) {
    throw describeFailure(error, { endpoint, auth, operation, isSent, signal, show: redaction.show });
  }
}

/** Executes a query or a mutation. */
export async function executeOperation(context: OperationContext, terminal: Terminal): Promise<GraphQLResponse> {
  for await (const result of executeAll(context, terminal)) return result;
  throw new TypeError('A query has one result');
}

function results(
  connection: Connection,
  request: OperationRequest & OperationContext,
  { tokenOptions: { clock, random }, printError }: Terminal,
): AsyncGenerator<GraphQLResponse> {
  const { paged, variables, endpoint } = request;
  if (request.operation.kind === 'subscription') {
    return subscribe(connection, request, {
      clock,
      random,
      onLoss: ({ reason, delayMs }) =>
        printError(
          `! ${endpoint}: ${reason}; subscribing again in ${Math.round(delayMs)} ms, events in between are lost`,
        ),
    });
  }
  if (paged === undefined) return once(() => sendOperation(connection, request));
  return paginate(paged, (cursor) =>
    sendOperation(connection, {
      ...request,
      variables: cursor === undefined ? variables : { ...variables, [paged.variable]: cursor },
    }),
  );
}

async function* once<T>(send: () => Promise<T>): AsyncGenerator<T> {
  yield await send();
}
