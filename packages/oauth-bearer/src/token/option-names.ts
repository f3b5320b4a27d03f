import { closestName } from '@bearings/client/layer';
import { TokenConfigError } from '../errors.ts';

/** The names of all options: the compiler notices one that is missing. */
export type OptionNames<T> = Readonly<Record<keyof T & string, true>>;

/** @throws TokenConfigError for what is not an object of options, and for a name that is unknown or misspelt */
export function checkNames(options: unknown, known: Readonly<Record<string, true>>, owner: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TokenConfigError('options', `of ${owner} must be an object`);
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const meant = closestName(name, Object.keys(known));
    const help = meant === undefined ? `The options are ${Object.keys(known).join(', ')}` : `Did you mean ${meant}?`;
    throw new TokenConfigError(name.slice(0, 60), `is not an option of ${owner}. ${help}`);
  }
}
