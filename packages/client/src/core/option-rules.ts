import { ConfigError } from '../errors/index.ts';

/** What an option must be: a test, and the same in words. */
export interface Rule {
  readonly holds: (value: unknown) => boolean;
  readonly says: string;
}

/**
 * Refuses an option that breaks its rule.
 *
 * @throws ConfigError naming the option, what was found and what would be right
 */
export function mustBe(field: string, value: unknown, { holds, says }: Rule): void {
  if (holds(value)) return;
  throw new ConfigError(field, `${field} must be ${says}, not ${shown(value)}`);
}

const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

/** A longer one is a mistake of units, or meant to be no limit at all. */
const longestMs = 366 * 24 * 60 * 60 * 1_000;

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);
const isWhole = (value: unknown): value is number => isNumber(value) && Number.isInteger(value);

export const aTimeout: Rule = {
  holds: (value) => value === false || (isNumber(value) && value > 0 && value <= longestMs),
  says: 'milliseconds above 0 and within a year, or false for no limit',
};
export const millisecondsFrom0: Rule = {
  holds: (value) => isNumber(value) && value >= 0,
  says: 'milliseconds from 0',
};
export const aWholeNumberFrom0: Rule = {
  holds: (value) => isWhole(value) && value >= 0,
  says: 'a whole number from 0',
};
export const aNumberFrom0: Rule = {
  holds: (value) => isNumber(value) && Number.isFinite(value) && value >= 0,
  says: 'a number from 0',
};
export const aLimit: Rule = {
  holds: (value) => value === Infinity || (isWhole(value) && value >= 1),
  says: 'a whole number from 1, or Infinity for no limit',
};
export const aFunction: Rule = { holds: (value) => typeof value === 'function', says: 'a function' };
export const aString: Rule = { holds: (value) => typeof value === 'string', says: 'a string' };
/** A list of what the rule says of one. */
export const listOf = ({ holds, says }: Rule): Rule => ({
  holds: (value) => Array.isArray(value) && value.every(holds),
  says: `a list, each of it ${says}`,
});
/** One of a few words. */
export const oneOf = (...words: readonly unknown[]): Rule => ({
  holds: (value) => words.includes(value),
  says: words.map((word) => JSON.stringify(word)).join(' or '),
});
