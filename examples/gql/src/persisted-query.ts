import { createHash } from 'node:crypto';
import type { GraphQLResponse } from './graphql-response.ts';

/** The extension of a request with a persisted query: the protocol of Apollo, "automatic persisted queries", version 1. */
export interface PersistedQuery {
  readonly persistedQuery: { readonly version: 1; readonly sha256Hash: string };
}

/** The hash of a document. */
export const hashDocument = (document: string): PersistedQuery => ({
  persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(document).digest('hex') },
});

/** Why a service refuses a hash: it has to learn the query, or it knows no persisted queries. `undefined`: neither. */
export function persistedQueryProblem({ errors }: GraphQLResponse): 'unknown' | 'unsupported' | undefined {
  const has = (code: string, message: string): boolean =>
    errors.some((error) => error.extensions.code === code || error.message === message);
  if (has('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')) return 'unknown';
  return has('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported') ? 'unsupported' : undefined;
}
