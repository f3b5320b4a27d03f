import { isHTTPError } from '@bearings/client';
import type { RetryEvent } from '@bearings/client';
import type { Connection } from './connect.ts';
import { graphqlType, isGraphQL, noGraphQL, readAnswer } from './graphql-answer.ts';
import type { GraphQLAnswer } from './graphql-answer.ts';
import { parseLossless } from './lossless-json.ts';
import type { Operation } from './operation.ts';

/** One request of GraphQL over HTTP. */
export interface Question {
  readonly url: string;
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  /** Told before each retry. */
  readonly onRetry: (event: RetryEvent) => void;
}

/**
 * Sends an operation and reads the answer.
 *
 * Queries and mutations are both POST, which a client does not send again after a timeout or a 5xx. A query only reads
 * (GraphQL §2.3), so it may be; a mutation only when it was not looked at: after 429, and once with a new token after 401.
 *
 * @throws HTTPError for a status that is not 2xx, unless the answer says that it is one of GraphQL
 * @throws CommandError for an answer that is none; whatever the client throws
 */
export async function ask({ client }: Connection, question: Question): Promise<GraphQLAnswer> {
  const { url, operation, variables, signal, onRetry } = question;
  const retry = operation.kind === 'query' ? { methods: ['post'], onRetry } : { onRetry };
  const accept = `${graphqlType}, application/json;q=0.9`;
  const json = { query: operation.document, operationName: operation.name, variables };
  try {
    const response = await client.post(url, { json, headers: { accept }, parseJson: parseLossless, retry, signal });
    return readAnswer(bodyOf(await response.text(), response), response);
  } catch (error) {
    if (!isHTTPError(error) || !isGraphQL(error.response.headers) || isRefusal(error.status)) throw error;
    return readAnswer(error.data, error.response);
  }
}

/** True for the statuses that are about the credential, also when the answer is one of GraphQL. */
export function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** @throws CommandError */
function bodyOf(text: string, response: Response): unknown {
  if (text.trim() === '') throw noGraphQL('nothing', response);
  try {
    return parseLossless(text);
  } catch {
    throw noGraphQL('a text that is no JSON', response); // the parser's own error quotes it
  }
}
