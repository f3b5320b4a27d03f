import { isBearingsError } from '@bearings/client';
import type { RetryEvent } from '@bearings/client';
import type { Connection } from './connect.ts';
import { graphqlType, isGraphQL, notGraphQL, parseResponse } from './graphql-response.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import { parseLossless } from './lossless-json.ts';
import type { Operation } from './read-operation.ts';

/** One request of GraphQL over HTTP. */
export interface OperationRequest {
  readonly url: string;
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  /** Called before each retry. */
  readonly onRetry: (event: RetryEvent) => void;
}

/**
 * Sends an operation and parses the response.
 *
 * Queries and mutations are both POST, which a client does not retry after a timeout or a 5xx. A query only reads
 * (GraphQL §2.3), so it is retried. A mutation is sent again only when the service has not executed it: after 429, and
 * once with a new token after 401.
 *
 * @throws HTTPError for a status that is not 2xx, unless the response has the GraphQL media type
 * @throws CommandError for a body that is not a GraphQL response; errors of the client
 */
export async function sendOperation({ client }: Connection, request: OperationRequest): Promise<GraphQLResponse> {
  const { url, operation, variables, signal, onRetry } = request;
  const retry = operation.kind === 'query' ? { methods: ['post'], onRetry } : { onRetry };
  const accept = `${graphqlType}, application/json;q=0.9`;
  const json = { query: operation.document, operationName: operation.name, variables };
  try {
    const response = await client.post(url, { json, headers: { accept }, parseJson: parseLossless, retry, signal });
    return parseResponse(parseBody(await response.text(), response), response);
  } catch (error) {
    if (
      !isBearingsError(error, 'HTTP_STATUS') ||
      !isGraphQL(error.response.headers) ||
      isCredentialRejected(error.status)
    )
      throw error;
    return parseResponse(error.data, error.response);
  }
}

/** True for the statuses that reject the credential, also for a GraphQL response. */
export function isCredentialRejected(status: number): boolean {
  return status === 401 || status === 403;
}

/** @throws CommandError */
function parseBody(text: string, response: Response): unknown {
  if (text.trim() === '') throw notGraphQL('an empty body', response);
  try {
    return parseLossless(text);
  } catch {
    throw notGraphQL('text that is not JSON', response); // the error of the parser quotes the text
  }
}
