import type { AnsweredError, GraphQLAnswer } from './graphql-answer.ts';

const mostShown = 20;

/** What an answer's errors come to: their number, and whether there is data beside them. */
export function headlineOf({ data, errors }: GraphQLAnswer): string {
  const count = errors.length === 1 ? 'a GraphQL error' : `${errors.length} GraphQL errors`;
  if (data === undefined) return `${count}, and nothing was carried out`;
  return data === null ? `${count}, and no data` : `${count}; the data on stdout is partial`;
}

/** A line for each error: where in the answer, what, the code, where in the query. */
export function linesOf(errors: readonly AnsweredError[], show: (text: string) => string): readonly string[] {
  const lines = errors.slice(0, mostShown).map((error) => show(lineOf(error)));
  return errors.length > mostShown ? [...lines, `and ${errors.length - mostShown} more`] : lines;
}

function lineOf({ message, path, locations, extensions }: AnsweredError): string {
  const at = path.length === 0 ? '' : `${path.join('.')}: `;
  const [place] = locations;
  const notes = [
    ...(extensions.code === undefined ? [] : [`code ${extensions.code}`]),
    ...(place === undefined ? [] : [`query ${place.line}:${place.column}`]),
  ];
  return `${at}${message}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}
