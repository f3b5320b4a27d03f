import { GraphQLError, Kind, OperationTypeNode, parse } from 'graphql';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { CommandError } from './command-error.ts';
import { suggestionFor } from './suggestion.ts';

/** What is sent, and what is known of it before. */
export interface Operation {
  /** As it was given: the whole document. */
  readonly document: string;
  readonly kind: 'query' | 'mutation';
  readonly name: string | undefined;
  /** The names of the variables it declares. */
  readonly variables: readonly string[];
}

/**
 * Finds the operation of a document that is to be carried out.
 *
 * @param name - which one; it must be said when there are several
 * @throws CommandError for what is no GraphQL, for a choice that is not clear, and for a subscription
 */
export function readOperation(document: string, name: string | undefined): Operation {
  const operations = parsed(document).definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const { operation: kind, ...chosen } = choose(operations, name);
  if (kind === OperationTypeNode.SUBSCRIPTION) {
    throw new CommandError('USAGE', 'This is a subscription; gql carries out queries and mutations');
  }
  const variables = (chosen.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  return { document, kind, name: chosen.name?.value, variables };
}

function parsed(document: string): DocumentNode {
  try {
    return parse(document, { maxTokens: 100_000 });
  } catch (cause) {
    if (cause instanceof RangeError) throw new CommandError('USAGE', 'The query is nested too deep');
    if (!(cause instanceof GraphQLError)) throw cause;
    const [place] = cause.locations ?? [];
    const where = place === undefined ? '' : ` at line ${place.line}, column ${place.column}`;
    throw new CommandError('USAGE', `The query is no GraphQL${where}: ${cause.message.replace(/^Syntax Error: /, '')}`);
  }
}

function choose(operations: readonly OperationDefinitionNode[], name: string | undefined): OperationDefinitionNode {
  const [first, second] = operations;
  if (first === undefined) throw new CommandError('USAGE', 'The document has no operation, only fragments');
  const names = operations.flatMap((each) => each.name?.value ?? []);
  if (name === undefined) {
    if (second === undefined) return first;
    const which = `Say which: --operation ${names.join(' or --operation ')}`;
    throw new CommandError('USAGE', `The document has ${operations.length} operations`, [which]);
  }
  const named = operations.find((each) => each.name?.value === name);
  if (named !== undefined) return named;
  const hint = suggestionFor(name, names, 'named operations');
  throw new CommandError('USAGE', `The document has no operation ${JSON.stringify(name)}`, [hint]);
}
