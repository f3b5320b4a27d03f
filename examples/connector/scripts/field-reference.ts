import type { z } from 'zod';

/** A JSON Schema, as zod creates it. */
export type Schema = z.core.JSONSchema.BaseSchema;

/** Markdown tables of the fields of a schema, one table per group of fields. */
export function createFieldReference(schema: Schema): string {
  return [...sections({ schema, path: '', variant: '' })].join('\n\n');
}

/** A group of fields: its path, and the variant of an outer group that it belongs to. */
interface Group {
  readonly schema: Schema;
  readonly path: string;
  readonly variant: string;
}

function* sections({ schema, path, variant }: Group): Generator<string> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({ name, field: toSchema(field) }));
  const required = new Set(schema.required);
  const rows = fields.map(({ name, field }) => row(name, field, required.has(name)));
  const own = findVariant(schema);
  const title = path === '' ? 'The file' : [`\`${path}\``, own || variant].filter(Boolean).join(' of ');
  yield [`## ${title}`, table(rows)].join('\n\n');
  for (const { name, field } of fields) {
    yield* nested({ schema: field, path: path === '' ? name : `${path}.${name}`, variant: own || variant });
  }
}

function* nested({ schema, path, variant }: Group): Generator<string> {
  const item = schema.type === 'array' ? toSchema(schema.items) : {};
  for (const each of schema.oneOf ?? []) yield* sections({ schema: toSchema(each), path, variant });
  if (item.properties !== undefined) yield* sections({ schema: item, path: `${path}[]`, variant });
  if (schema.properties !== undefined) yield* sections({ schema, path, variant });
}

/** The variant of a group, from a first field with a constant, such as `mode: rest_pull`. */
function findVariant({ properties = {} }: Schema): string {
  const [name, field] = Object.entries(properties)[0] ?? [];
  const constant = name === 'mode' || name === 'type' ? toSchema(field).const : undefined;
  return constant === undefined ? '' : `\`${name}: ${String(constant)}\``;
}

function row(name: string, field: Schema, isRequired: boolean): readonly string[] {
  const byDefault = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
  const isNeeded = isRequired && field.default === undefined;
  return [`\`${name}\``, describeType(field), isNeeded ? 'required' : byDefault, field.description ?? ''];
}

function describeType(field: Schema): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(' or ');
  if (field.oneOf !== undefined) return 'fields, by variant';
  if (field.type === 'array') return `list of ${describeType(toSchema(field.items))}`;
  if (field.type === 'object') return field.properties === undefined ? describeMap(field) : 'fields';
  if (field.type === 'boolean') return '`true` or `false`';
  if (field.type === 'number') return 'number';
  return field.type === 'integer' ? 'whole number' : 'text';
}

/** An object with any names. */
function describeMap({ additionalProperties: values }: Schema): string {
  return toSchema(values).type === 'string' ? 'names with texts' : 'any JSON object';
}

/** Pads the cells, as a Markdown formatter does. */
function table(rows: readonly (readonly string[])[]): string {
  const all = [['Field', 'Type', 'Default', 'Meaning'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
}

const toSchema = (schema: unknown): Schema => (isSchema(schema) ? schema : {});

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
