import { z } from 'zod';
import { configSchema } from '../src/config-schema.ts';
import { printJson } from './print-json.ts';
import { reference } from './reference.ts';

/** What is generated from the schema, by its path from here. */
export function files(): Readonly<Record<string, string>> {
  const schema = jsonSchema();
  return { '../schema.json': `${printJson(schema)}\n`, '../../../docs/config.md': reference(schema) };
}

function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ jsonSchema: each }) => {
      // a whole number is no more than that; that JavaScript has larger ones is nobody's affair
      if (each.maximum === Number.MAX_SAFE_INTEGER) delete each.maximum;
      if (each.minimum === Number.MIN_SAFE_INTEGER) delete each.minimum;
    },
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:bearings:config',
    title: 'Bearings clients',
    ...rest,
  };
}
