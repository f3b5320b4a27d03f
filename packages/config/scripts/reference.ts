import type { z } from 'zod';
import { intro, outro } from './reference-texts.ts';
import { table } from './table.ts';

type Json = z.core.JSONSchema.BaseSchema;

/** The field reference, for people: one table for each kind of object. */
export function reference(schema: Json): string {
  const client = at(schema, 'clients').additionalProperties;
  if (typeof client !== 'object') throw new TypeError('The schema has no clients');
  const auths = (at(client, 'auth').oneOf ?? []).filter((each) => typeof each === 'object');
  const groups = ['retry', 'concurrency', 'redirects'].map((name) => [
    `### \`${name}\``,
    at(client, name).description ?? '',
    fieldsOf(at(client, name)),
  ]);
  const kinds = auths.map((auth) => [`### \`${constOf(at(auth, 'type'))}\``, auth.description ?? '', fieldsOf(auth)]);
  return [
    intro,
    '## A client',
    'A field in **bold** must be there.',
    fieldsOf(client),
    ...groups.flat(),
    '## `auth`',
    'How requests are authenticated, by `type`. The credential goes to the origin of `baseUrl` and nowhere else.',
    ...kinds.flat(),
    outro,
  ].join('\n\n');
}

function at(schema: Json, name: string): Json {
  const field = schema.properties?.[name];
  if (typeof field !== 'object') throw new TypeError(`The schema has no ${name}`);
  return field;
}

function fieldsOf(schema: Json): string {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (typeof field !== 'object' || name === '$schema') return [];
    const shown = schema.required?.includes(name) === true ? `**\`${name}\`**` : `\`${name}\``;
    return [[shown, typeOf(name, field), defaultOf(name, field), exampleOf(field), field.description ?? '']];
  });
  return table(['field', 'type', 'default', 'example', 'what it is for'], rows);
}

const constOf = (schema: Json): string => String(schema.const ?? '');

function typeOf(name: string, schema: Json): string {
  if (schema.const !== undefined) return `\`${constOf(schema)}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (schema.pattern?.startsWith('^(?:env:') === true) return 'reference';
  if (schema.oneOf !== undefined || schema.properties !== undefined) return '[fields](#' + name + ')';
  const either = schema.anyOf?.filter((each) => typeof each === 'object').map((each) => typeOf(name, each));
  if (either !== undefined) return either.join(' or ');
  if (schema.type === 'array') return listOf(schema);
  if (schema.type === 'object') return 'names and texts';
  if (schema.format === 'uri') return 'URL';
  return unitOf(name) ?? types.get(String(schema.type)) ?? '';
}

function listOf({ items }: Json): string {
  const item = typeof items === 'object' && !Array.isArray(items) ? typeOf('', items) : '';
  return `list of ${item === 'text' ? 'texts' : `${item}s`}`;
}

const types: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['integer', 'whole number'],
  ['number', 'number'],
  ['boolean', '`true` or `false`'],
]);

function unitOf(name: string): string | undefined {
  if (name.endsWith('Ms')) return 'milliseconds';
  return name.endsWith('Bytes') ? 'bytes' : undefined;
}

function defaultOf(name: string, schema: Json): string {
  if (schema.default === undefined) return '';
  const value = schema.default;
  const readable = typeof value === 'number' ? inUnits(name, value) : undefined;
  return readable === undefined ? `\`${plain(value)}\`` : `\`${plain(value)}\` (${readable})`;
}

function inUnits(name: string, value: number): string | undefined {
  if (name.endsWith('Ms') && value >= 60_000) return `${value / 60_000} min`;
  if (name.endsWith('Ms') && value >= 1_000) return `${value / 1_000} s`;
  return name.endsWith('Bytes') ? `${value / 1024 / 1024} MiB` : undefined;
}

function exampleOf({ examples = [] }: Json): string {
  return examples.length === 0 ? '' : examples.map((each) => `\`${plain(each)}\``).join(', ');
}

const plain = (value: unknown): string =>
  Array.isArray(value) ? `[${value.join(', ')}]` : typeof value === 'string' ? value : JSON.stringify(value);
