import type { ApiAnswer, ApiRequest } from '../api.ts';

/** An API as a public one answers: the connector for it, its answers, and what a run must write. */
export interface Shape {
  /** The connector in `connectors/apis`. */
  readonly name: string;
  /** The origin in that file, which a test replaces by its own server. */
  readonly origin: string;
  /** Answers a request, as the API does. Addresses in it begin with the origin of the request. */
  readonly answer: (request: ApiRequest) => ApiAnswer;
  /** The ids of the records, in their order. */
  readonly ids: readonly unknown[];
  /** Finds the id of a record. */
  readonly id: (record: never) => unknown;
  /** The requests of a whole run. */
  readonly requests: number;
}

/** A bearer token, or the answer of an API without one. */
export const lacksToken = ({ headers }: ApiRequest): boolean =>
  headers.authorization !== 'Bearer a-planted-static-token';

/** The part of a list from an offset on, and whether there is more. */
export function slice<T>(
  list: readonly T[],
  from: number,
  size: number,
): { readonly page: readonly T[]; readonly isLast: boolean } {
  return { page: list.slice(from, from + size), isLast: from + size >= list.length };
}

/** The address of a request with other parameters; `null` removes one. */
export function withParams(url: URL, params: Readonly<Record<string, string | null>>): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries(params)) {
    if (value === null) next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  return next.href;
}
