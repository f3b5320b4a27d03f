import { ConfigError } from '../errors/index.ts';

/** What an option must be: a test, and the same in words. */
export interface OptionRule {
  readonly test: (value: unknown) => boolean;
  /** Completes the sentence "… must be". */
  readonly expected: string;
  /** True for an option whose value may be a secret: the error names its type alone. Default: false. */
  readonly isSecret?: boolean;
}

/**
 * Checks an option by its rule.
 *
 * @throws ConfigError naming the option, the value found and what is allowed
 */
export function assertOption(field: string, value: unknown, { test, expected, isSecret = false }: OptionRule): void {
  if (test(value)) return;
  const found = isSecret && typeof value === 'string' ? 'a string' : describeValue(value);
  throw new ConfigError(field, `${field} must be ${expected}, not ${found}`);
}

/** A short value as it is, and the type of any other. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? 'a long string' : JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Promise) return 'a promise';
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** A longer time limit is a mistake of units, or should be no limit at all. */
const maxTimeoutMs = 366 * 24 * 60 * 60 * 1_000;

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);
const isWhole = (value: unknown): value is number => isNumber(value) && Number.isInteger(value);

export const timeoutRule: OptionRule = {
  test: (value) => value === false || (isNumber(value) && value > 0 && value <= maxTimeoutMs),
  expected: 'milliseconds above 0 and within a year, or false for no limit',
};
export const millisecondsRule: OptionRule = {
  test: (value) => isNumber(value) && value >= 0,
  expected: 'milliseconds from 0',
};
export const wholeNumberRule: OptionRule = {
  test: (value) => isWhole(value) && value >= 0,
  expected: 'a whole number from 0',
};
export const countRule: OptionRule = {
  test: (value) => isWhole(value) && value >= 1,
  expected: 'a whole number from 1',
};
export const numberRule: OptionRule = {
  test: (value) => isNumber(value) && Number.isFinite(value) && value >= 0,
  expected: 'a number from 0',
};
export const limitRule: OptionRule = {
  test: (value) => value === Infinity || (isWhole(value) && value >= 1),
  expected: 'a whole number from 1, or Infinity for no limit',
};
export const functionRule: OptionRule = { test: (value) => typeof value === 'function', expected: 'a function' };
export const stringRule: OptionRule = { test: (value) => typeof value === 'string', expected: 'a string' };
/** The rule for a list whose items all follow a rule. */
export const listRule = ({ test, expected }: OptionRule): OptionRule => ({
  test: (value) => Array.isArray(value) && value.every(test),
  expected: `a list, each of it ${expected}`,
});
/** The rule for one of a few values. */
export const oneOfRule = (...values: readonly unknown[]): OptionRule => ({
  test: (value) => values.includes(value),
  expected: values.map((each) => JSON.stringify(each)).join(' or '),
});

export const booleanRule: OptionRule = { test: (value) => typeof value === 'boolean', expected: 'true or false' };
export const objectRule: OptionRule = {
  test: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  expected: 'an object',
};
/** The rule for what has some methods, such as a clock. */
export const methodsRule = (expected: string, ...methods: readonly string[]): OptionRule => ({
  test: (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof Reflect.get(value, name) === 'function'),
  expected: `${expected}, with ${methods.join(', ')}`,
});
export const clockRule: OptionRule = methodsRule('a Clock', 'now', 'monotonic', 'schedule');
/** The rule for a network: a layer that takes the place of `fetch`. */
export const transportLayerRule: OptionRule = {
  test: (value) =>
    objectRule.test(value) &&
    Reflect.get(Object(value), 'slot') === 'transport' &&
    typeof Reflect.get(Object(value), 'stage') === 'function',
  expected: 'a layer in the slot transport, such as withUndici()',
};
/** The rule for an option that another package or the platform checks. */
export const anyRule: OptionRule = { test: () => true, expected: 'any value' };
/** The rule for a number, or an object of options in its place. */
export const numberOrObjectRule = (number: string): OptionRule => ({
  test: (value) => typeof value === 'number' || objectRule.test(value),
  expected: `${number}, or an object of options`,
});
export const headerValueRule: OptionRule = {
  test: (value) => typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]+$/.test(value),
  expected: 'a header value: visible characters on one line',
};
export const headerNameRule: OptionRule = {
  test: (value) => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
  expected: 'the name of a header',
};
