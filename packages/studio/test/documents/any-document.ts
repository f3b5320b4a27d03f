import * as fc from 'fast-check';
import { expect } from 'vitest';
import { parseText } from '../../src/documents/parse-text.ts';
import { patchText } from '../../src/documents/patch-text.ts';
import type { Fields, Value } from '../../src/documents/value.ts';

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a: b',
    '# x',
    '- y',
    'null',
    'true',
    '1',
    "it's",
    '"',
    '{',
    '*a',
    '&b',
    '!t',
    'ä',
    'a\nb',
    'env:X',
  ),
  fc.string({ maxLength: 8 }).filter((text) => !/[^\x20-\x7e]/.test(text)),
  fc.integer({ min: -9, max: 99_999 }),
  fc.boolean(),
  fc.constant(null),
);
const name = fc.constantFrom('type', 'auth', 'timeout', 'x-y', 'scopes', 'list', 'a b', '1', 'true');
export const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}));
export const group: fc.Arbitrary<Fields> = fc.dictionary(name, anyValue, { minKeys: 1, maxKeys: 5 });

/** One value is made of another and back again, in a text. */
export function checkPatch(one: Fields, other: Fields, isJson: boolean): void {
  const text = isJson ? JSON.stringify(one, null, 2) : (patchText({ text: '', isJson }, one) ?? '');

  const changed = patchText({ text, isJson }, other) ?? '';
  const back = patchText({ text: changed, isJson }, one) ?? '';

  expect(parseText(text)?.value).toEqual(one);
  expect(parseText(changed)?.value).toEqual(other);
  expect(parseText(back)?.value).toEqual(one);
  if (isJson) expect(JSON.parse(changed)).toEqual(other);
}
