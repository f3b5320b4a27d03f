import { CommandError } from './command-error.ts';
import { readTextArgument } from './read-text-argument.ts';
import { parseLossless } from './lossless-json.ts';
import type { Operation } from './read-operation.ts';
import { suggestName } from './suggest-name.ts';
import type { Terminal } from './terminal.ts';

/** The variables on the command line. */
export interface GivenVariables {
  /** `name=value` each. */
  readonly var: readonly string[];
  /** A JSON object, or `@file` with one. */
  readonly vars?: string;
}

/**
 * Reads the variables of an operation. Numbers are sent as they are written.
 *
 * Servers ignore variables that the operation does not declare, so undeclared ones are an error here.
 *
 * @throws CommandError for a value that cannot be read, a duplicate, or an undeclared variable
 */
export async function readVariables(
  { var: pairs, vars }: GivenVariables,
  operation: Operation,
  terminal: Terminal,
): Promise<Readonly<Record<string, unknown>>> {
  const all = [
    ...(vars === undefined ? [] : parseVariables(await readTextArgument(vars, terminal), vars)),
    ...pairs.map(parsePair),
  ];
  const seen = new Map<string, unknown>();
  for (const [name, value] of all) {
    if (seen.has(name)) throw new CommandError('USAGE', `The variable ${name} is set twice`);
    if (!operation.variables.includes(name)) throw undeclaredVariable(name, operation);
    seen.set(name, value);
  }
  return Object.fromEntries(seen);
}

function parseVariables(text: string, given: string): readonly (readonly [name: string, value: unknown])[] {
  const value = tryParseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  const subject = given.startsWith('@') ? given.slice(1) : 'The value of --vars';
  throw new CommandError('USAGE', `${subject} is not a JSON object, such as {"id": 42}`);
}

function parsePair(pair: string): readonly [name: string, value: unknown] {
  const [, name, text] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? [];
  if (name === undefined || text === undefined) {
    throw new CommandError('USAGE', `--var ${JSON.stringify(pair)} is not name=value`);
  }
  const value = tryParseJson(text);
  return [name, value === undefined ? text : value];
}

/** `undefined` for text that is not JSON. */
function tryParseJson(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return undefined;
  }
}

function undeclaredVariable(name: string, { variables, kind }: Operation): CommandError {
  const hint = suggestName(name, variables, 'variables');
  return new CommandError('USAGE', `The ${kind} declares no variable $${name}`, [hint]);
}
