import { z } from 'zod';
import { CommandError } from './command-error.ts';

/** A response of a GraphQL service (GraphQL §7.1). */
export interface GraphQLResponse {
  /** Null when the execution failed; absent when it did not start. */
  readonly data?: unknown;
  readonly errors: readonly GraphQLResponseError[];
}

/** An error of a response. Members that do not have the form of the specification are ignored. */
export type GraphQLResponseError = z.output<typeof responseError>;

const responseError = z.object({
  message: z.string().catch('an error without a message'),
  path: z
    .array(z.union([z.string(), z.int()]))
    .default([])
    .catch([]),
  locations: z
    .array(z.object({ line: z.int(), column: z.int() }))
    .default([])
    .catch([]),
  extensions: z
    .object({ code: z.string().optional().catch(undefined) })
    .default({})
    .catch({}),
});

const graphqlResponse = z.union([
  z.object({ data: z.unknown(), errors: z.array(responseError).nullish() }).refine((given) => 'data' in given),
  z.object({ errors: z.array(responseError).min(1) }),
]);

/** The media type of a GraphQL response with any status (GraphQL over HTTP, Status Codes). */
export const graphqlType = 'application/graphql-response+json';

/** True for a response with the GraphQL media type. */
export function isGraphQL(headers: Headers): boolean {
  return mediaType(headers) === graphqlType;
}

/** @throws CommandError for a body that is not a GraphQL response; the message does not quote it */
export function parseResponse(
  body: unknown,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
): GraphQLResponse {
  const read = graphqlResponse.safeParse(body);
  if (!read.success) throw notGraphQL(describeBody(body), { status, headers });
  const { errors, ...rest } = read.data;
  return { ...('data' in rest && { data: rest.data }), errors: errors ?? [] };
}

/** The error for a response that is not a GraphQL response. */
export function notGraphQL(what: string, { status, headers }: Pick<Response, 'status' | 'headers'>): CommandError {
  const [type = ''] = /^[\w.+-]+\/[\w.+-]{1,60}/.exec(headers.get('content-type') ?? '') ?? [];
  const message = `answered ${status} with ${what}${type === '' ? '' : ` (${type})`}, which is not a GraphQL response`;
  const hint = 'Check that url is the GraphQL endpoint: a sign-in page or a proxy may have answered';
  return new CommandError('NO_GRAPHQL', message, [hint]);
}

const mediaType = (headers: Headers): string =>
  (headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase().slice(0, 80);

function describeBody(body: unknown): string {
  if (body === null || typeof body !== 'object') return `JSON that is ${body === null ? 'null' : `a ${typeof body}`}`;
  if (Array.isArray(body)) return 'JSON that is a list';
  return 'JSON without data and errors';
}
