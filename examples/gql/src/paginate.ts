import { Kind } from 'graphql';
import type { FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import { CommandError } from './command-error.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import type { Operation } from './read-operation.ts';

/** The connection of a query that is read page by page (Relay, Cursor Connections). */
export interface PagedConnection {
  /** Where it is in the data. */
  readonly path: readonly string[];
  /** The variable of its argument `after`. */
  readonly variable: string;
  /** The names of `pageInfo`, `hasNextPage` and `endCursor` in the data. */
  readonly names: { readonly pageInfo: string; readonly hasNextPage: string; readonly endCursor: string };
}

/**
 * Finds the connection to page through: the field whose argument `after` is a variable, and which selects
 * `pageInfo { hasNextPage endCursor }`.
 *
 * @throws CommandError unless there is exactly one
 */
export function findConnection(operation: Operation): PagedConnection {
  if (operation.kind !== 'query')
    throw new CommandError('USAGE', `--paginate is for queries, and this is a ${operation.kind}`);
  const found = visit(operation.definition.selectionSet, {
    operation,
    path: [],
    depth: 0,
    budget: { left: maxFields },
  });
  const [first, second] = found;
  if (first === undefined) {
    throw new CommandError('USAGE', 'The query has no connection to page through', [
      'It needs a field such as products(first: 100, after: $after) { pageInfo { hasNextPage endCursor } }',
      'and the variable $after: String',
    ]);
  }
  if (second === undefined) return first;
  const names = found.map(({ path }) => path.join('.')).join(', ');
  throw new CommandError('USAGE', `The query has several connections to page through: ${names}`, [
    'Only one can have a variable for its argument after',
  ]);
}

interface Visited {
  readonly operation: Operation;
  readonly path: readonly string[];
  readonly depth: number;
  /** How many more fields are looked at. */
  readonly budget: { left: number };
}

/** Fragments may name each other in a circle, and a short document may have more fields than memory holds. */
const [maxFields, maxDepth] = [10_000, 200];

function visit({ selections }: SelectionSetNode, context: Visited): readonly PagedConnection[] {
  return listFields(selections, context).flatMap((field) => {
    if (field.selectionSet === undefined) return [];
    const path = [...context.path, responseName(field)];
    const inner = { ...context, path, depth: context.depth + 1 };
    const connection = readConnection(field, inner);
    return [...(connection === undefined ? [] : [connection]), ...visit(field.selectionSet, inner)];
  });
}

/** The fields of a selection, with those of its fragments. */
function listFields(selections: readonly SelectionNode[], context: Visited): readonly FieldNode[] {
  context.budget.left -= selections.length;
  if (context.budget.left < 0 || context.depth > maxDepth)
    throw new CommandError('USAGE', 'The query has a circle of fragments, or too many fields');
  const inner = { ...context, depth: context.depth + 1 };
  return selections.flatMap((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return [selection];
      case Kind.INLINE_FRAGMENT:
        return listFields(selection.selectionSet.selections, inner);
      case Kind.FRAGMENT_SPREAD:
    }
    const fragment = context.operation.fragments.get(selection.name.value);
    return fragment === undefined ? [] : listFields(fragment.selectionSet.selections, inner);
  });
}

const responseName = ({ alias, name }: FieldNode): string => alias?.value ?? name.value;

function readConnection(field: FieldNode, context: Visited): PagedConnection | undefined {
  const after = field.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (after?.kind !== Kind.VARIABLE) return undefined;
  const find = (within: FieldNode | undefined, name: string): FieldNode | undefined =>
    listFields(within?.selectionSet?.selections ?? [], context).find((each) => each.name.value === name);
  const pageInfo = find(field, 'pageInfo');
  const [hasNextPage, endCursor] = [find(pageInfo, 'hasNextPage'), find(pageInfo, 'endCursor')];
  if (pageInfo === undefined || hasNextPage === undefined || endCursor === undefined) return undefined;
  const names = {
    pageInfo: responseName(pageInfo),
    hasNextPage: responseName(hasNextPage),
    endCursor: responseName(endCursor),
  };
  return { path: context.path, variable: after.name.value, names };
}

/**
 * The pages of a connection, one request each. Ends after the last page, and after a page with errors.
 *
 * @param send - sends the query with the cursor; `undefined` for the first page, whose variables are the user's
 * @throws CommandError when the service repeats a cursor or gives none although it has a next page
 */
export async function* paginate(
  { path, names }: PagedConnection,
  send: (cursor: string | undefined) => Promise<GraphQLResponse>,
): AsyncGenerator<GraphQLResponse> {
  const seen = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const page = await send(cursor);
    yield page;
    const connection = path.reduce(readField, page.data);
    const info = readField(connection, names.pageInfo);
    if (page.errors.length > 0 || readField(info, names.hasNextPage) !== true) return;
    const next = readField(info, names.endCursor);
    if (typeof next !== 'string' || next === '') {
      throw new CommandError('NO_GRAPHQL', 'has a next page, but gives no endCursor for it');
    }
    if (seen.has(next)) throw new CommandError('NO_GRAPHQL', 'gave the same endCursor twice: paging would not end');
    seen.add(next);
    cursor = next;
  }
}

const readField = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
