import { Ajv2020 } from 'ajv/dist/2020.js';
import { array, assert, jsonValue, property } from 'fast-check';
import { expect, test } from 'vitest';
import { addValue, createSeenValues, toSchema } from '../src/record-schema/infer-schema.ts';
import type { InferredSchema } from '../src/record-schema/infer-schema.ts';

function infer(values: readonly unknown[]): InferredSchema {
  const seen = createSeenValues();
  for (const value of values) addValue(seen, value);
  return toSchema(seen);
}

test.each([
  [[1, 2], { type: 'integer' }],
  [[1, 2.5], { type: 'number' }],
  [[1, 'a', null], { type: ['integer', 'null', 'string'] }],
  [[[]], { type: 'array' }],
  [[[1], ['a']], { type: 'array', items: { type: ['integer', 'string'] } }],
  [[{}], { type: 'object', properties: {} }],
  [
    [{ a: 1 }, { a: null, b: true }],
    {
      type: 'object',
      properties: { a: { type: ['integer', 'null'] }, b: { type: 'boolean' } },
      required: ['a'],
    },
  ],
])('the schema of %j', (values, expected) => {
  expect(infer(values)).toEqual(expected);
});

test('an object whose names are data is a map, so the schema does not grow with the records', () => {
  const values = Array.from({ length: 2_000 }, (_, n) => ({ prices: { [`item-${n}`]: { price: n } } }));

  const { properties } = infer(values);

  expect(properties?.['prices']).toEqual({
    type: 'object',
    additionalProperties: { type: 'object', properties: { price: { type: 'integer' } }, required: ['price'] },
  });
});

test('all values match the schema that was inferred from them', () => {
  const ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false });
  assert(
    property(array(jsonValue(), { minLength: 1 }), (values) => {
      const validate = ajv.compile(JSON.parse(JSON.stringify(infer(values))));
      return values.every((value) => validate(JSON.parse(JSON.stringify(value))));
    }),
  );
});
