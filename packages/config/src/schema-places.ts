import { z } from 'zod';
import type { DocumentPath } from './document-path.ts';
import { secretKinds } from './secret-schema.ts';
import type { SecretKind } from './secret-reference.ts';

/** A place of a document where a schema has a reference to a secret. */
export interface ReferencePlace {
  readonly path: DocumentPath;
  readonly reference: string;
  readonly kind: SecretKind;
}

/** What a schema says of the places of a document, whether the document fits it or not. */
export interface SchemaPlaces {
  readonly references: readonly ReferencePlace[];
  /** The fields that may be at a place, which is an object there. */
  readonly fieldsAt: (path: DocumentPath) => readonly string[];
}

/** Walks through a document and its schema side by side. */
export function placesOf(schema: z.ZodType, document: unknown): SchemaPlaces {
  const root = marked(schema);
  const found: Found = { root, references: new Map(), fields: new Map() };
  visit(root, { value: document, path: [] }, found);
  return {
    references: [...found.references.values()],
    fieldsAt: (path) => [...(found.fields.get(JSON.stringify(path)) ?? [])],
  };
}

type Json = z.core.JSONSchema.BaseSchema;

/** The schema as JSON Schema, in which every reference has a mark that no document can have. */
function marked(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const kind = secretKinds.get(zodSchema)?.kind;
      if (kind !== undefined) jsonSchema[mark] = kind;
    },
  });
}

const mark = 'bearings:secret';

interface Found {
  readonly root: Json;
  readonly references: Map<string, ReferencePlace>;
  readonly fields: Map<string, Set<string>>;
}

interface Spot {
  readonly value: unknown;
  readonly path: DocumentPath;
}

function visit(given: Json | boolean | undefined, spot: Spot, found: Found): void {
  const schema = resolved(given, found.root);
  if (schema === undefined) return;
  const { value, path } = spot;
  const kind = schema[mark];
  if (typeof value === 'string' && (kind === 'secret' || kind === 'key')) {
    found.references.set(JSON.stringify(path), { path, reference: value, kind });
  }
  for (const branch of [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) {
    if (isFor(resolved(branch, found.root), value)) visit(branch, spot, found);
  }
  if (Array.isArray(value))
    value.forEach((item, place) => visitItem(schema, { value: item, path: [...path, place] }, found));
  else if (isRecord(value)) visitFields(schema, { value, path }, found);
}

function visitItem(schema: Json, spot: Spot, found: Found): void {
  const place = Number(spot.path.at(-1));
  const items = schema.prefixItems?.[place] ?? schema.items;
  if (!Array.isArray(items)) visit(items, spot, found);
}

function visitFields(
  schema: Json,
  { value, path }: Spot & { value: Readonly<Record<string, unknown>> },
  found: Found,
): void {
  const known = schema.properties ?? {};
  const here = JSON.stringify(path);
  found.fields.set(here, new Set([...(found.fields.get(here) ?? []), ...Object.keys(known)]));
  for (const [name, field] of Object.entries(value)) {
    const other = Object.hasOwn(known, name) ? known[name] : schema.additionalProperties;
    visit(other, { value: field, path: [...path, name] }, found);
  }
}

function resolved(schema: Json | boolean | undefined, root: Json): Json | undefined {
  if (typeof schema !== 'object') return undefined;
  const name = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  if (schema.$ref === '#') return root;
  return name === undefined ? schema : resolved(root.$defs?.[name], root);
}

/** False for a branch whose constants the value contradicts, such as the `type` of another kind of auth. */
function isFor(branch: Json | undefined, value: unknown): boolean {
  if (!isRecord(value)) return true;
  return Object.entries(branch?.properties ?? {}).every(([name, field]) => {
    const constant = typeof field === 'object' ? field.const : undefined;
    return constant === undefined || value[name] === constant;
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
