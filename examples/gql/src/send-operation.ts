import { isBearingsError } from '@bearings/client';
import type { HttpStatusError, RetryEvent } from '@bearings/client';
import type { Connection } from './connect.ts';
import { graphqlType, isGraphQL, notGraphQL, parseResponse } from './graphql-response.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import { parseLossless } from '@bearings/client/paging';
import { hashDocument, persistedQueryProblem } from './persisted-query.ts';
import type { PersistedQuery } from './persisted-query.ts';
import type { Operation } from './read-operation.ts';

/** One request of GraphQL over HTTP. */
export interface OperationRequest {
  readonly url: string;
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Sends the hash of the document first. Default: false. */
  readonly isPersisted?: boolean;
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
export async function sendOperation(connection: Connection, request: OperationRequest): Promise<GraphQLResponse> {
  const body = toRequestBody(request);
  if (request.isPersisted !== true) return post(connection, request, body);
  const extensions = hashDocument(request.operation.document);
  const answer = await post(connection, request, { ...body, query: undefined, extensions });
  const problem = persistedQueryProblem(answer);
  if (problem === undefined) return answer;
  return post(connection, request, problem === 'unknown' ? { ...body, extensions } : body);
}

/** The body of a request (GraphQL over HTTP). */
interface RequestBody {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions?: PersistedQuery;
}

/** The body that sends the whole document. */
export const toRequestBody = ({ operation, variables }: OperationRequest): RequestBody => ({
  query: operation.document,
  operationName: operation.name,
  variables,
});

async function post(
  { client }: Connection,
  { url, operation, signal, onRetry }: OperationRequest,
  json: RequestBody,
): Promise<GraphQLResponse> {
  const retry = operation.kind === 'query' ? { methods: ['post'], onRetry } : { onRetry };
  const accept = `${graphqlType}, application/json;q=0.9`;
  try {
    const response = await client.post(url, { json, headers: { accept }, parseJson: parseLossless, retry, signal });
    return parseResponse(parseBody(await response.text(), response), response);
  } catch (error) {
    if (!isBearingsError(error, 'HTTP_STATUS') || isCredentialRejected(error.status)) throw error;
    if (isGraphQL(error.response.headers)) return parseResponse(error.data, error.response);
    const refusal = json.query === undefined ? readRefusal(error) : undefined;
    if (refusal === undefined) throw error;
    return refusal;
  }
}

/** True for the statuses that reject the credential, also for a GraphQL response. */
export function isCredentialRejected(status: number): boolean {
  return status === 401 || status === 403;
}

/** The answer to a hash alone, which older services send as JSON of any type with a 4xx. `undefined` for any other answer. */
function readRefusal({ data, response }: HttpStatusError): GraphQLResponse | undefined {
  try {
    const answer = parseResponse(data, response);
    return persistedQueryProblem(answer) === undefined ? undefined : answer;
  } catch {
    return undefined;
  }
}

/** @throws CommandError */
export function parseBody(text: string, response: Response): unknown {
  if (text.trim() === '') throw notGraphQL('an empty body', response);
  try {
    return parseLossless(text);
  } catch {
    throw notGraphQL('text that is not JSON', response); // the error of the parser quotes the text
  }
}
