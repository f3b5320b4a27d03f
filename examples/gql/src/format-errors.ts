import type { GraphQLResponseError, GraphQLResponse } from './graphql-response.ts';

const maxShown = 20;

/** The number of errors of a response, and whether it also has data. */
export function summarizeErrors({ data, errors }: GraphQLResponse): string {
  const count = errors.length === 1 ? 'a GraphQL error' : `${errors.length} GraphQL errors`;
  if (data === undefined) return `${count}; nothing was executed`;
  return data === null ? `${count}; no data` : `${count}; the data on stdout is partial`;
}

/** A line per error: its path in the response, its message, its code, its place in the query. */
export function formatErrors(
  errors: readonly GraphQLResponseError[],
  show: (text: string) => string,
): readonly string[] {
  const lines = errors.slice(0, maxShown).map((error) => show(formatError(error)));
  return errors.length > maxShown ? [...lines, `and ${errors.length - maxShown} more`] : lines;
}

function formatError({ message, path, locations, extensions }: GraphQLResponseError): string {
  const at = path.length === 0 ? '' : `${path.join('.')}: `;
  const [place] = locations;
  const notes = [
    ...(extensions.code === undefined ? [] : [`code ${extensions.code}`]),
    ...(place === undefined ? [] : [`query ${place.line}:${place.column}`]),
  ];
  return `${at}${message}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}
