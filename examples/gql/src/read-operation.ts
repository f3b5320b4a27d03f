import { GraphQLError, Kind, parse } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { CommandError } from './command-error.ts';
import { suggestName } from './suggest-name.ts';

/** The operation to send. */
export interface Operation {
  /** The whole document, unchanged. */
  readonly document: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  /** The names of the variables it declares. */
  readonly variables: readonly string[];
  readonly definition: OperationDefinitionNode;
  /** The fragments of the document, by name. */
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The parsed document. */
  readonly parsed: DocumentNode;
}

/**
 * Finds the operation of a document to execute.
 *
 * @param name - required when the document has several operations
 * @throws CommandError for invalid GraphQL, or an unclear choice
 */
export function readOperation(document: string, name: string | undefined): Operation {
  const parsed = parseDocument(document);
  const operations = parsed.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const fragments = parsed.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  const definition = chooseOperation(operations, name);
  return {
    document,
    kind: definition.operation,
    name: definition.name?.value,
    variables: (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value),
    definition,
    fragments: new Map(fragments.map((fragment) => [fragment.name.value, fragment])),
    parsed,
  };
}

function parseDocument(document: string): DocumentNode {
  try {
    return parse(document, { maxTokens: 100_000 });
  } catch (cause) {
    if (cause instanceof RangeError) throw new CommandError('USAGE', 'The query is nested too deep');
    if (!(cause instanceof GraphQLError)) throw cause;
    const [place] = cause.locations ?? [];
    const where = place === undefined ? '' : ` at line ${place.line}, column ${place.column}`;
    throw new CommandError(
      'USAGE',
      `The query is not valid GraphQL${where}: ${cause.message.replace(/^Syntax Error: /, '')}`,
    );
  }
}

function chooseOperation(
  operations: readonly OperationDefinitionNode[],
  name: string | undefined,
): OperationDefinitionNode {
  const [first, second] = operations;
  if (first === undefined) throw new CommandError('USAGE', 'The document has no operation, only fragments');
  const names = operations.flatMap((each) => each.name?.value ?? []);
  if (name === undefined) {
    if (second === undefined) return first;
    const which = `Choose one: --operation ${names.join(' or --operation ')}`;
    throw new CommandError('USAGE', `The document has ${operations.length} operations`, [which]);
  }
  const named = operations.find((each) => each.name?.value === name);
  if (named !== undefined) return named;
  const hint = suggestName(name, names, 'named operations');
  throw new CommandError('USAGE', `The document has no operation ${JSON.stringify(name)}`, [hint]);
}
