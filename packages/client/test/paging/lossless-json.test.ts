import { expect, test } from 'vitest';
import { describeType, parseLossless, toText } from '../../src/paging/lossless-json.ts';

test.each(['9007199254740993', '1.0', '1e400', '-0', '0.1', '[12345678901234567890,{"a":1.50}]'])(
  '%s is written as it was read',
  (text) => {
    expect(JSON.stringify(parseLossless(text))).toBe(text);
  },
);

test.each([
  ['9007199254740993', '9007199254740993'],
  ['7', '7'],
  ['"x"', 'x'],
  ['null', undefined],
  ['{}', undefined],
])('%s as text is %s', (text, expected) => {
  expect(toText(parseLossless(text))).toBe(expected);
});

test.each([
  ['9007199254740993', 'a number'],
  ['1', 'a number'],
  ['null', 'null'],
  ['[]', 'a list'],
  ['{}', 'an object'],
])('%s is described as %s', (text, expected) => {
  expect(describeType(parseLossless(text))).toBe(expected);
});
