import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonFormatter } from '../../src/output/json-formatter.ts';
import type { JsonFormatterOptions } from '../../src/output/json-formatter.ts';

/** The formatted text, pushed in pieces of this length. */
function format(text: string, options: JsonFormatterOptions, length = text.length + 1): string {
  const formatter = createJsonFormatter(options);
  let out = '';
  for (let at = 0; at < text.length; at += length) out += formatter.push(text.slice(at, at + length));
  return out + formatter.end();
}

test('JSON is indented as JSON.stringify does, in whichever pieces it arrives', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), fc.boolean(), (value, length, isSpaced) => {
      const text = isSpaced ? JSON.stringify(value, undefined, '\t') : JSON.stringify(value);

      expect(format(text, { indent: 2 }, length)).toBe(JSON.stringify(value, undefined, 2));
      expect(format(text, { indent: undefined }, length)).toBe(JSON.stringify(value));
    }),
  );
});

test('numbers, escapes and repeated names stay as they are', () => {
  const text = '{"a":12345678901234567890.10,"a":1E400,"\\u0061":"\\/\\ud800"}';

  expect(format(text, { indent: undefined })).toBe(text);
});

test.each([
  ['{"a":1}\n{"a":2}', '{"a":1}\n{"a":2}'],
  ['1 2', '1\n2'],
  ['[1 2]', '[1 2]'],
  ['not JSON at all', 'not\nJSON\nat\nall'],
  ['}}]', '}\n}\n]'],
  ['{"a', '{"a'],
  ['', ''],
])('what is no JSON text comes out with all its words: %j', (text, expected) => {
  expect(format(text, { indent: undefined }).replaceAll(/\s+/g, '')).toBe(expected.replaceAll(/\s+/g, ''));
  expect(format(text, { indent: 2 }).replaceAll(/\s+/g, '')).toBe(expected.replaceAll(/\s+/g, ''));
});

test('control characters and marks that turn the direction of writing are escaped, inside of strings and outside', () => {
  const shown = format('["\u001b[2J\u202e\u009b",\u001b[31m]', { indent: undefined });

  expect(shown).toBe('["\\u001b[2J\\u202e\\u009b",\\u001b [31m]');
});

test('the output of a deeply nested text grows in proportion to it', () => {
  const depth = 100_000;

  const shown = format('['.repeat(depth) + ']'.repeat(depth), { indent: 2 });

  expect(shown.length).toBeLessThan(200 * depth);
});

test('keys, strings and other values have colors of their own', () => {
  const paint: JsonFormatterOptions['paint'] = (color, text) => `<${String(color)}>${text}`;

  expect(format('{"a":"b","c":[1,"d",{"e":null}]}', { indent: undefined, paint })).toBe(
    '{<cyan>"a":<green>"b",<cyan>"c":[<yellow>1,<green>"d",{<cyan>"e":<yellow>null}]}',
  );
});
