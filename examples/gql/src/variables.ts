import { CommandError } from './command-error.ts';
import { givenText } from './given-text.ts';
import { parseLossless } from './lossless-json.ts';
import type { Operation } from './operation.ts';
import { suggestionFor } from './suggestion.ts';
import type { Terminal } from './terminal.ts';

/** Variables as the command line gives them. */
export interface GivenVariables {
  /** `name=value` each. */
  readonly var: readonly string[];
  /** A JSON object, or `@file` with one. */
  readonly vars?: string;
}

/**
 * The variables of an operation. Numbers are sent as they were written.
 *
 * A server passes over a variable that the operation does not declare without a word, so it is looked for here.
 *
 * @throws CommandError for what cannot be read, is there twice, or is not declared
 */
export async function readVariables(
  { var: pairs, vars }: GivenVariables,
  operation: Operation,
  terminal: Terminal,
): Promise<Readonly<Record<string, unknown>>> {
  const all = [...(vars === undefined ? [] : fieldsOf(await givenText(vars, terminal), vars)), ...pairs.map(pairOf)];
  const seen = new Map<string, unknown>();
  for (const [name, value] of all) {
    if (seen.has(name)) throw new CommandError('USAGE', `The variable ${name} is there twice`);
    if (!operation.variables.includes(name)) throw undeclared(name, operation);
    seen.set(name, value);
  }
  return Object.fromEntries(seen);
}

function fieldsOf(text: string, given: string): readonly (readonly [name: string, value: unknown])[] {
  const value = jsonIn(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  const subject = given.startsWith('@') ? given.slice(1) : 'What --vars says';
  throw new CommandError('USAGE', `${subject} is no JSON object, such as {"id": 42}`);
}

function pairOf(pair: string): readonly [name: string, value: unknown] {
  const [, name, text] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? [];
  if (name === undefined || text === undefined) {
    throw new CommandError('USAGE', `--var ${JSON.stringify(pair)} is not name=value`);
  }
  const value = jsonIn(text);
  return [name, value === undefined ? text : value];
}

/** `undefined` for what is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return undefined;
  }
}

function undeclared(name: string, { variables, kind }: Operation): CommandError {
  const hint = suggestionFor(name, variables, 'variables');
  return new CommandError('USAGE', `The ${kind} declares no variable $${name}`, [hint]);
}
