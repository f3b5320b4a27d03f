import type { z } from 'zod';
import { contexts, intro, outro, secretFiles } from './reference-texts.ts';
import { table } from './table.ts';

type Json = z.core.JSONSchema.BaseSchema;

/** Writes the field reference: one table for each kind of object. */
export function reference(schema: Json): string {
  const client = property(schema, 'clients').additionalProperties;
  if (typeof client !== 'object') throw new TypeError('The schema has no clients');
  const auths = (property(client, 'auth').oneOf ?? []).filter((each) => typeof each === 'object');
  const groups = ['doctor', 'network', 'retry', 'concurrency', 'redirects'].map((name) => [
    `### \`${name}\``,
    property(client, name).description ?? '',
    fieldTable(property(client, name)),
  ]);
  const kinds = auths.map((auth) => [
    `### \`${constantText(property(auth, 'type'))}\``,
    auth.description ?? '',
    fieldTable(auth),
    ...Object.keys(auth.properties ?? {}).flatMap((name) => groupTables(name, property(auth, name))),
  ]);
  return [
    intro,
    '## A client',
    'Fields in **bold** are required.',
    fieldTable(client),
    ...groups.flat(),
    '## `tokenStore`',
    `${property(schema, 'tokenStore').description ?? ''} See [token-store.md](token-store.md).`,
    fieldTable(property(schema, 'tokenStore')),
    '## `secretFiles`',
    `${property(schema, 'secretFiles').description ?? ''} ${secretFiles}`,
    fieldTable(property(schema, 'secretFiles')),
    '## `auth`',
    'How requests are authenticated, by `type`. The credential is sent only to the origin of `baseUrl`.',
    ...kinds.flat(),
    '## `contexts`',
    contexts,
    outro,
  ].join('\n\n');
}

function property(schema: Json, name: string): Json {
  const field = schema.properties?.[name];
  if (typeof field !== 'object') throw new TypeError(`The schema has no ${name}`);
  return field;
}

function fieldTable(schema: Json): string {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (typeof field !== 'object' || name === '$schema') return [];
    const shown = schema.required?.includes(name) === true ? `**\`${name}\`**` : `\`${name}\``;
    return [
      [
        shown,
        describeType(name, field),
        describeDefault(name, field),
        describeExamples(field),
        field.description ?? '',
      ],
    ];
  });
  return table(['field', 'type', 'default', 'example', 'description'], rows);
}

/** The tables of a field that is a group of fields, or one of several groups. */
function groupTables(name: string, field: Json): readonly string[] {
  const groups = [field, ...(field.oneOf ?? []), ...(field.anyOf ?? [])].filter(
    (each): each is Json => typeof each === 'object' && each.properties !== undefined,
  );
  if (groups.length === 0) return [];
  const tables = groups.flatMap((group) => [group === field ? '' : (group.description ?? ''), fieldTable(group)]);
  return [`#### \`${name}\``, field.description ?? '', ...tables].filter((each) => each !== '');
}

const constantText = (schema: Json): string => String(schema.const ?? '');

function describeType(name: string, schema: Json): string {
  if (schema.const !== undefined) return `\`${constantText(schema)}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (schema.pattern?.startsWith('^(?:env:') === true) return 'reference';
  if (schema.oneOf !== undefined || schema.properties !== undefined) return `[fields](#${name.toLowerCase()})`;
  const either = schema.anyOf?.filter((each) => typeof each === 'object').map((each) => describeType(name, each));
  if (either !== undefined) return either.join(' or ');
  if (schema.type === 'array') return describeList(schema);
  if (schema.type === 'object') return 'map of text';
  if (schema.format === 'uri') return 'URL';
  return unit(name) ?? types.get(String(schema.type)) ?? '';
}

function describeList({ items }: Json): string {
  const item = typeof items === 'object' && !Array.isArray(items) ? describeType('', items) : '';
  return `list of ${item === 'text' ? 'texts' : `${item}s`}`;
}

const types: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['integer', 'whole number'],
  ['number', 'number'],
  ['boolean', '`true` or `false`'],
]);

function unit(name: string): string | undefined {
  if (name.endsWith('Ms')) return 'milliseconds';
  return name.endsWith('Bytes') ? 'bytes' : undefined;
}

function describeDefault(name: string, schema: Json): string {
  if (schema.default === undefined) return '';
  const value = schema.default;
  const readable = typeof value === 'number' ? withUnit(name, value) : undefined;
  return readable === undefined ? `\`${plain(value)}\`` : `\`${plain(value)}\` (${readable})`;
}

function withUnit(name: string, value: number): string | undefined {
  if (name.endsWith('Ms') && value >= 60_000) return `${value / 60_000} min`;
  if (name.endsWith('Ms') && value >= 1_000) return `${value / 1_000} s`;
  return name.endsWith('Bytes') ? `${value / 1024 / 1024} MiB` : undefined;
}

function describeExamples({ examples = [] }: Json): string {
  return examples.length === 0 ? '' : examples.map((each) => `\`${plain(each)}\``).join(', ');
}

const plain = (value: unknown): string =>
  Array.isArray(value) ? `[${value.join(', ')}]` : typeof value === 'string' ? value : JSON.stringify(value);
