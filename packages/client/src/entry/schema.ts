import { SchemaValidationError } from 'ky';
import type { StandardSchemaV1 } from 'ky';

/**
 * Checks a value by a Standard Schema, as ky does.
 *
 * @throws SchemaValidationError with the schema's issues
 * @throws TypeError for what is not a Standard Schema
 */
export async function validateBySchema(value: unknown, schema: unknown): Promise<unknown> {
  if (!isStandardSchema(schema))
    throw new TypeError('The `schema` argument must follow the Standard Schema specification');
  const result = await schema['~standard'].validate(value);
  if (result.issues) throw new SchemaValidationError(result.issues);
  return result.value;
}

/** True for what follows the Standard Schema specification. */
export function isStandardSchema(schema: unknown): schema is StandardSchemaV1 {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null) return false;
  const standard: unknown = '~standard' in schema ? schema['~standard'] : undefined;
  return (
    typeof standard === 'object' &&
    standard !== null &&
    'validate' in standard &&
    typeof standard.validate === 'function'
  );
}
