import { CommandError } from './command-error.ts';
import { readTextArgument } from './read-text-argument.ts';
import { parseLossless } from '@bearings/client/paging';
import type { Operation } from './read-operation.ts';
import { suggestName } from './suggest-name.ts';
import type { Terminal } from './terminal.ts';

/** The variables on the command line. */
export interface GivenVariables {
  /** `name=value` each. */
  readonly var: readonly string[];
  /** `name=path` each: the content of a file. */
  readonly varFile?: readonly string[];
  /** `name=VARIABLE` each: an environment variable. */
  readonly varEnv?: readonly string[];
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
  { var: pairs, vars, varFile = [], varEnv = [] }: GivenVariables,
  operation: Operation,
  terminal: Terminal,
): Promise<Readonly<Record<string, unknown>>> {
  const all = [
    ...(vars === undefined ? [] : parseVariables(await readTextArgument(vars, terminal), vars)),
    ...pairs.map((pair) => toVariable(splitPair('--var', pair))),
    ...varEnv.map((pair) => readEnvironment(splitPair('--var-env', pair), terminal)),
    ...(await Promise.all(varFile.map((pair) => readFileVariable(splitPair('--var-file', pair), terminal)))),
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

type Pair = readonly [name: string, text: string];

function splitPair(flag: string, pair: string): Pair {
  const [, name, text] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? [];
  if (name !== undefined && text !== undefined) return [name, text];
  throw new CommandError('USAGE', `${flag} ${JSON.stringify(pair)} is not name=${forms.get(flag) ?? 'value'}`);
}

const forms: ReadonlyMap<string, string> = new Map([
  ['--var-file', 'path'],
  ['--var-env', 'VARIABLE'],
]);

/** JSON if the text is JSON, otherwise the text. */
function toVariable([name, text]: Pair): readonly [name: string, value: unknown] {
  const value = tryParseJson(text);
  return [name, value === undefined ? text : value];
}

function readEnvironment([name, variable]: Pair, { env }: Terminal): readonly [name: string, value: unknown] {
  const text = env[variable];
  if (text !== undefined) return toVariable([name, text]);
  throw new CommandError('USAGE', `--var-env ${name}: the environment variable ${variable} is not set`);
}

const readFileVariable = async (
  [name, path]: Pair,
  terminal: Terminal,
): Promise<readonly [name: string, value: unknown]> => toVariable([name, await readTextArgument(`@${path}`, terminal)]);

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
