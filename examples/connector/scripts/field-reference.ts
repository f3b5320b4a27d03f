import type { z } from 'zod';

/** A JSON Schema, as zod makes it. */
export type Schema = z.core.JSONSchema.BaseSchema;

/** The fields that a schema allows, as tables in Markdown, one for each group of fields. */
export function fieldReference(schema: Schema): string {
  return [...sections({ schema, path: '', variant: '' })].join('\n\n');
}

/** A group of fields: where it is, and of which variant of a group further out. */
interface Group {
  readonly schema: Schema;
  readonly path: string;
  readonly variant: string;
}

function* sections({ schema, path, variant }: Group): Generator<string> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({ name, field: whole(field) }));
  const required = new Set(schema.required);
  const rows = fields.map(({ name, field }) => row(name, field, required.has(name)));
  const own = variantOf(schema);
  const title = path === '' ? 'The file' : [`\`${path}\``, own || variant].filter(Boolean).join(' of ');
  yield [`## ${title}`, table(rows)].join('\n\n');
  for (const { name, field } of fields) {
    yield* nested({ schema: field, path: path === '' ? name : `${path}.${name}`, variant: own || variant });
  }
}

function* nested({ schema, path, variant }: Group): Generator<string> {
  const item = schema.type === 'array' ? whole(schema.items) : {};
  for (const each of schema.oneOf ?? []) yield* sections({ schema: whole(each), path, variant });
  if (item.properties !== undefined) yield* sections({ schema: item, path: `${path}[]`, variant });
  if (schema.properties !== undefined) yield* sections({ schema, path, variant });
}

/** A first field with a constant, such as `mode: rest_pull`, tells one variant of a group from the others. */
function variantOf({ properties = {} }: Schema): string {
  const [name, field] = Object.entries(properties)[0] ?? [];
  const constant = name === 'mode' || name === 'type' ? whole(field).const : undefined;
  return constant === undefined ? '' : `\`${name}: ${String(constant)}\``;
}

function row(name: string, field: Schema, isRequired: boolean): readonly string[] {
  const byDefault = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
  const isNeeded = isRequired && field.default === undefined;
  return [`\`${name}\``, typeOf(field), isNeeded ? 'required' : byDefault, field.description ?? ''];
}

function typeOf(field: Schema): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(' or ');
  if (field.oneOf !== undefined) return 'fields, by variant';
  if (field.type === 'array') return `list of ${typeOf(whole(field.items))}`;
  if (field.type === 'object') return field.properties === undefined ? 'names with texts' : 'fields';
  return field.type === 'integer' ? 'whole number' : 'text';
}

/** Padded, as a formatter of Markdown would. */
function table(rows: readonly (readonly string[])[]): string {
  const all = [['Field', 'Type', 'Default', 'What it is'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
}

const whole = (schema: unknown): Schema => (isSchema(schema) ? schema : {});

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
