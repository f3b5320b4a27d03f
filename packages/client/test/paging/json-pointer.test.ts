import { expect, test } from 'vitest';
import { resolvePattern, resolvePointer, withPointerValue } from '../../src/paging/json-pointer.ts';

const document = { 'a/b': { '~': [1, { c: null }] }, list: [{ x: [1] }, { x: [2] }] };

test.each([
  ['', { value: document }],
  ['/a~1b/~0/0', { value: 1 }],
  ['/a~1b/~0/1/c', { value: null }],
  ['/a~1b/none/deeper', { missingAt: '/a~1b/none' }],
  ['/toString', { missingAt: '/toString' }],
])('the pointer %j (RFC 6901) finds %j', (pointer, found) => {
  expect(resolvePointer(document, pointer)).toEqual(found);
});

test('a star is each item of a list', () => {
  expect(resolvePattern(document, '/list/*/x')).toEqual({ values: [[1], [2]] });
});

test('a value is set in a copy, and no prototype is changed', () => {
  const copy = withPointerValue(document, '/__proto__/polluted', true);

  expect(Object.hasOwn(copy as object, '__proto__')).toBe(true);
  expect(Object.hasOwn(document, '__proto__')).toBe(false);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});
