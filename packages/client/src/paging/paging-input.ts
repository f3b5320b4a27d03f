import { checkOptions } from '../core/check-options.ts';
import type { OptionRules } from '../core/check-options.ts';
import { anyRule, assertOption, countRule, objectRule, oneOfRule, wholeNumberRule } from '../core/option-rules.ts';
import type { OptionRule } from '../core/option-rules.ts';
import type { PagingOptions } from './options.ts';

type WithDefaults<T, Name extends PropertyKey> = T extends unknown
  ? Omit<T, Name> & { readonly [Key in Extract<keyof T, Name>]?: T[Key] | undefined }
  : never;

/**
 * Paging options with these defaults. `nextOrigin`: `must_match`. `param`: the name of the type, such as `cursor`.
 * `first`: page 1, offset 0. `sizeParam`: `per_page` for pages, `limit` for offsets. `step`: `received`. `afterLast`:
 * `empty_page`. `endAfterEmptyPages`: 1 for pages and offsets.
 */
export type PagingInput = WithDefaults<
  PagingOptions,
  'nextOrigin' | 'param' | 'first' | 'sizeParam' | 'step' | 'afterLast'
>;

/**
 * Checks paging options and adds the defaults.
 *
 * @throws ConfigError naming the option, the value found and what is allowed
 */
export function resolvePaging(input: PagingInput): PagingOptions {
  checkPaging(input);
  switch (input.type) {
    case 'none':
      return input;
    case 'link':
    case 'url': {
      const { nextOrigin = 'must_match' } = input;
      return { ...input, nextOrigin };
    }
    case 'cursor': {
      const { param = 'cursor' } = input;
      return { ...input, param };
    }
    case 'page': {
      const { param = 'page', first = 1, sizeParam = 'per_page' } = input;
      const { afterLast = 'empty_page', endAfterEmptyPages = 1 } = input;
      return { ...input, param, first, sizeParam, afterLast, endAfterEmptyPages };
    }
    case 'offset':
      break;
  }
  const { param = 'offset', first = 0, sizeParam = 'limit', step = 'received' } = input;
  const { afterLast = 'empty_page', endAfterEmptyPages = 1 } = input;
  return { ...input, param, first, sizeParam, step, afterLast, endAfterEmptyPages };
}

function checkPaging(input: PagingInput): void {
  assertOption('paging', input, objectRule);
  assertOption('paging.type', input.type, oneOfRule(...Object.keys(rules)));
  checkOptions(input, rules[input.type], { owner: 'paginate', within: 'paging' });
  if (input.type === 'url' || input.type === 'cursor') assertOption('paging.next', input.next, placeRule);
  if (input.type === 'offset' && input.step === 'size') assertOption('paging.size', input.size, countRule);
}

export const placeRule: OptionRule = {
  test: (value) => typeof value === 'string' && /^(?:\/|header:.|last:\/)/.test(value),
  expected: 'a place of the response: a JSON pointer, header:Name or last:/pointer',
};
const targetRule: OptionRule = {
  test: (value) => typeof value === 'string' && /^(?!\/|header:$)./.test(value),
  expected: 'a query parameter or header:Name',
};
const originRule = oneOfRule('must_match', 'replace');

const followedRules = { type: anyRule, more: placeRule, endAfterEmptyPages: countRule };
const countedRules = {
  ...followedRules,
  param: targetRule,
  first: wholeNumberRule,
  size: countRule,
  sizeParam: targetRule,
  afterLast: oneOfRule('empty_page', 'not_found', 'last_page'),
};
const rules: { readonly [Type in PagingOptions['type']]: OptionRules<Extract<PagingOptions, { type: Type }>> } = {
  none: { type: anyRule },
  link: { ...followedRules, nextOrigin: originRule },
  url: { ...followedRules, next: placeRule, nextOrigin: originRule },
  cursor: { ...followedRules, next: placeRule, param: targetRule },
  page: { ...countedRules, pages: placeRule },
  offset: { ...countedRules, step: oneOfRule('received', 'size') },
};
