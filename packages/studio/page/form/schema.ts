import { isFields, isList } from '../../src/documents/value.ts';
import type { Fields, Value } from '../../src/documents/value.ts';

/** A JSON Schema of one value, as far as the form reads it. */
export interface Schema {
  readonly type: string;
  readonly description: string;
  readonly fallback: Value | undefined;
  readonly examples: readonly Value[];
  readonly options: readonly Value[];
  readonly isFixed: boolean;
  readonly properties: ReadonlyMap<string, Schema>;
  readonly required: readonly string[];
  /** The schema of the values of a record. */
  readonly values: Schema | undefined;
  readonly items: Schema | undefined;
  readonly variants: readonly Schema[];
}

/** Reads a JSON Schema (draft 2020-12). What it does not know is left out; the server checks everything. */
export function readSchema(given: Value | undefined): Schema {
  const node = isFields(given) ? given : {};
  const fixed = node['const'];
  const values = node['additionalProperties'];
  return {
    type: typeof node['type'] === 'string' ? node['type'] : '',
    description: typeof node['description'] === 'string' ? node['description'] : '',
    fallback: node['default'],
    examples: isList(node['examples']) ? node['examples'] : [],
    options: fixed === undefined ? toList(node['enum']) : [fixed],
    isFixed: fixed !== undefined,
    properties: new Map(toEntries(node['properties']).map(([name, each]) => [name, readSchema(each)])),
    required: toList(node['required']).map(String),
    values: isFields(values) ? readSchema(values) : undefined,
    items: isFields(node['items']) ? readSchema(node['items']) : undefined,
    variants: [...toList(node['oneOf']), ...toList(node['anyOf'])].map(readSchema),
  };
}

const toList = (value: Value | undefined): readonly Value[] => (isList(value) ? value : []);
const toEntries = (value: Value | undefined): readonly (readonly [string, Value | undefined])[] =>
  isFields(value) ? Object.entries(value) : [];

/** The schema of a field below a group; an empty one when there is none. */
export const schemaAt = (schema: Schema, ...names: readonly string[]): Schema =>
  names.reduce((each, name) => each.properties.get(name) ?? each.values ?? readSchema({}), schema);

/** The field that says which variant of a union a value is: the one with a fixed value in all of them. */
export function discriminator({ variants }: Schema): string | undefined {
  const [first] = variants;
  return [...(first?.properties.keys() ?? [])].find((name) =>
    variants.every(({ properties }) => properties.get(name)?.isFixed === true),
  );
}

/** The variant of a union that a value says it is. */
export function findVariant(schema: Schema, value: Fields): Schema | undefined {
  const name = discriminator(schema);
  if (name === undefined) return undefined;
  return schema.variants.find((each) => each.properties.get(name)?.options[0] === value[name]);
}
