import { ConfigError } from '../errors/index.ts';

/** What an option must be: a test, and the same in words. */
export interface Rule {
  readonly test: (value: unknown) => boolean;
  /** Completes the sentence "… must be". */
  readonly expected: string;
}

/**
 * Checks an option by its rule.
 *
 * @throws ConfigError naming the option, the value found and what is allowed
 */
export function assertOption(field: string, value: unknown, { test, expected }: Rule): void {
  if (test(value)) return;
  throw new ConfigError(field, `${field} must be ${expected}, not ${format(value)}`);
}

const format = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

/** A longer time limit is a mistake of units, or should be no limit at all. */
const maxTimeoutMs = 366 * 24 * 60 * 60 * 1_000;

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);
const isWhole = (value: unknown): value is number => isNumber(value) && Number.isInteger(value);

export const timeoutRule: Rule = {
  test: (value) => value === false || (isNumber(value) && value > 0 && value <= maxTimeoutMs),
  expected: 'milliseconds above 0 and within a year, or false for no limit',
};
export const millisecondsRule: Rule = {
  test: (value) => isNumber(value) && value >= 0,
  expected: 'milliseconds from 0',
};
export const wholeNumberRule: Rule = {
  test: (value) => isWhole(value) && value >= 0,
  expected: 'a whole number from 0',
};
export const numberRule: Rule = {
  test: (value) => isNumber(value) && Number.isFinite(value) && value >= 0,
  expected: 'a number from 0',
};
export const limitRule: Rule = {
  test: (value) => value === Infinity || (isWhole(value) && value >= 1),
  expected: 'a whole number from 1, or Infinity for no limit',
};
export const functionRule: Rule = { test: (value) => typeof value === 'function', expected: 'a function' };
export const stringRule: Rule = { test: (value) => typeof value === 'string', expected: 'a string' };
/** The rule for a list whose items all follow a rule. */
export const listRule = ({ test, expected }: Rule): Rule => ({
  test: (value) => Array.isArray(value) && value.every(test),
  expected: `a list, each of it ${expected}`,
});
/** The rule for one of a few values. */
export const oneOfRule = (...values: readonly unknown[]): Rule => ({
  test: (value) => values.includes(value),
  expected: values.map((each) => JSON.stringify(each)).join(' or '),
});
