import { z } from 'zod';
import { CommandError } from './command-error.ts';

/** An answer of a GraphQL service (GraphQL §7.1). */
export interface GraphQLAnswer {
  /** Null when execution came to nothing; not there when it did not begin. */
  readonly data?: unknown;
  readonly errors: readonly AnsweredError[];
}

/** What is known of an error: its message, and whatever else came in the form that the specification gives it. */
export type AnsweredError = z.output<typeof answeredError>;

const answeredError = z.object({
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

const answer = z.union([
  z.object({ data: z.unknown(), errors: z.array(answeredError).nullish() }).refine((given) => 'data' in given),
  z.object({ errors: z.array(answeredError).min(1) }),
]);

/** The type by which an answer says that it is one of GraphQL, whatever its status is (GraphQL over HTTP, Status Codes). */
export const graphqlType = 'application/graphql-response+json';

/** True for an answer that says it is one of GraphQL. */
export function isGraphQL(headers: Headers): boolean {
  return mediaType(headers) === graphqlType;
}

/** @throws CommandError for a body that is no GraphQL answer, without showing it */
export function readAnswer(body: unknown, { status, headers }: Pick<Response, 'status' | 'headers'>): GraphQLAnswer {
  const read = answer.safeParse(body);
  if (!read.success) throw noGraphQL(kindOf(body), { status, headers });
  const { errors, ...rest } = read.data;
  return { ...('data' in rest && { data: rest.data }), errors: errors ?? [] };
}

/** For an answer that is something else. */
export function noGraphQL(what: string, { status, headers }: Pick<Response, 'status' | 'headers'>): CommandError {
  const [type = ''] = /^[\w.+-]+\/[\w.+-]{1,60}/.exec(headers.get('content-type') ?? '') ?? [];
  const said = `It answered ${status} with ${what}${type === '' ? '' : ` (${type})`}, which is no GraphQL answer`;
  const hint = 'Is url the address of the GraphQL endpoint? A sign-in page or a proxy may have answered in its place';
  return new CommandError('NO_GRAPHQL', said, [hint]);
}

const mediaType = (headers: Headers): string =>
  (headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase().slice(0, 80);

function kindOf(body: unknown): string {
  if (body === null || typeof body !== 'object') return `JSON that is ${body === null ? 'null' : `a ${typeof body}`}`;
  if (Array.isArray(body)) return 'JSON that is a list';
  return 'JSON that has neither data nor errors';
}
