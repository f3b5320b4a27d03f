import type { Value } from '../../src/documents/value.ts';
import type { Schema } from './schema.ts';

/** What a schema allows in a text field, its variants included. */
function listTypes(schema: Schema): ReadonlySet<string> {
  return new Set([schema, ...schema.variants].map(({ type }) => type));
}

/**
 * The value of what was typed. An empty field has no value. What is no number stays a text, so that the server can say
 * what is wrong with it.
 */
export function parseInput(text: string, schema: Schema): Value | undefined {
  if (text === '') return undefined;
  const types = listTypes(schema);
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if ((types.has('number') || types.has('integer')) && /^-?\d+(?:\.\d+)?$/.test(text.trim()))
    return Number(text.trim());
  return text;
}

/** A value as it stands in a text field. */
export function formatInput(value: Value | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value for a sentence: lists in brackets. */
export function formatShort(value: Value | undefined): string {
  if (value === undefined) return 'not set';
  if (Array.isArray(value)) return `[${value.map(formatInput).join(', ')}]`;
  return formatInput(value);
}
