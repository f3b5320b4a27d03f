import { ConfigError } from '../errors/index.ts';
import { closestName } from './closest-name.ts';
import { assertOption, describeValue } from './option-rules.ts';
import type { OptionRule } from './option-rules.ts';

/** A rule for each option of an object. */
export type OptionRules<T extends object> = { readonly [Name in keyof T & string]-?: OptionRule };

/** Whose options are checked. */
export interface OptionsContext {
  /** The function that takes the options, such as `createClient`. */
  readonly owner: string;
  /** The option that the object is the value of, such as `retry`. Default: the object is the options themselves. */
  readonly within?: string;
}

/**
 * Checks the names and values of an object of options. An option that is `undefined` counts as not given.
 *
 * @throws ConfigError naming the option, and the one that was probably meant or what is allowed
 */
export function checkOptions<T extends object>(options: T, rules: OptionRules<T>, context: OptionsContext): void {
  checkObject(options, context);
  const known: Readonly<Record<string, OptionRule>> = rules;
  for (const name in options) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined && Object.hasOwn(options, name)) throw unknownOption(name, Object.keys(known), context);
    const value: unknown = options[name];
    if (rule !== undefined && value !== undefined) assertOption(path(name, context), value, rule);
  }
}

/** What axios, got and request call an option. */
const namesElsewhere: ReadonlyMap<string, string> = new Map([
  ['params', 'searchParams'],
  ['query', 'searchParams'],
  ['qs', 'searchParams'],
  ['data', 'json'],
  ['validateStatus', 'throwHttpErrors'],
  ['maxRedirects', 'redirects'],
  ['followRedirect', 'redirects'],
  ['maxContentLength', 'maxResponseBytes'],
]);

/** The error for an option that does not exist. */
export function unknownOption(name: string, names: readonly string[], context: OptionsContext): ConfigError {
  const here = namesElsewhere.get(name) ?? '';
  const meant = names.includes(here) ? here : closestName(name, names);
  const help = meant === undefined ? `The options are ${listNames(names)}` : `Did you mean ${path(meant, context)}?`;
  const field = path(name.slice(0, 60), context);
  return new ConfigError(field, `${context.owner} has no option ${field}. ${help}`);
}

/** The most names that a message lists: `fetch` alone has more. */
const maxListed = 24;

const listNames = (names: readonly string[]): string =>
  names.length > maxListed ? `${names.slice(0, maxListed).join(', ')}, …` : names.join(', ');

/** @throws ConfigError */
function checkObject(options: unknown, { owner, within }: OptionsContext): void {
  const isPromise = options instanceof Promise;
  if (typeof options === 'object' && options !== null && !Array.isArray(options) && !isPromise) return;
  const hint = isPromise ? '. Await it' : '';
  throw new ConfigError(
    within ?? 'options',
    `${owner} takes an object of options${within === undefined ? '' : ` as ${within}`}, not ${describeValue(options)}${hint}`,
  );
}

const path = (name: string, { within }: OptionsContext): string => (within === undefined ? name : `${within}.${name}`);
