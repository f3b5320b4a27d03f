import { z } from 'zod';
import { configSchema } from '../src/schema/config-schema.ts';
import { printJson } from './print-json.ts';
import { reference } from './reference.ts';

/** The files generated from the schema, by their path relative to this file. */
export function generateFiles(): Readonly<Record<string, string>> {
  const schema = jsonSchema();
  return { '../schema.json': `${printJson(schema)}\n`, '../../../docs/config.md': reference(schema) };
}

function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ jsonSchema: each }) => {
      // the limits of integers in JavaScript are of no use to a reader
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
