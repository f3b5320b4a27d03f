import { z } from 'zod';
import type { DocumentPath } from './document-path.ts';
import { isNamedFile } from '../secrets/named-file.ts';
import { isSecretKind } from '../secrets/secret-reference.ts';
import { referenceKinds } from '../secrets/secret-schema.ts';
import type { ReferenceKind } from '../secrets/secret-schema.ts';

/** A field of a document that the schema declares as a reference to a secret, or as the path of a file. */
export interface SecretField {
  readonly path: DocumentPath;
  readonly reference: string;
  readonly kind: ReferenceKind;
}

/** What a schema declares for the fields of a document, even if the document is not valid. */
export interface SchemaFields {
  readonly references: readonly SecretField[];
  /** The field names that the schema allows in the object at a path. */
  readonly fieldsAt: (path: DocumentPath) => readonly string[];
}

/** Walks a document and its schema in parallel. */
export function findSchemaFields(schema: z.ZodType, document: unknown): SchemaFields {
  const root = toMarkedJsonSchema(schema);
  const found: Found = { root, references: new Map(), fields: new Map() };
  visit(root, { value: document, path: [] }, found);
  return {
    references: [...found.references.values()],
    fieldsAt: (path) => [...(found.fields.get(JSON.stringify(path)) ?? [])],
  };
}

type Json = z.core.JSONSchema.BaseSchema;

/** Converts the schema to JSON Schema and marks each secret reference. */
function toMarkedJsonSchema(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const kind = referenceKinds.get(zodSchema)?.kind;
      if (kind !== undefined) jsonSchema[mark] = kind;
    },
  });
}

const mark = 'bearings:secret';

const isKind = (kind: unknown): kind is ReferenceKind => isSecretKind(kind) || isNamedFile(kind);

interface Found {
  readonly root: Json;
  readonly references: Map<string, SecretField>;
  readonly fields: Map<string, Set<string>>;
}

interface Location {
  readonly value: unknown;
  readonly path: DocumentPath;
}

function visit(given: Json | boolean | undefined, location: Location, found: Found): void {
  const schema = resolveRef(given, found.root);
  if (schema === undefined) return;
  const { value, path } = location;
  const kind = schema[mark];
  if (typeof value === 'string' && isKind(kind)) {
    found.references.set(JSON.stringify(path), { path, reference: value, kind });
  }
  for (const branch of [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) {
    if (matchesConstants(resolveRef(branch, found.root), value)) visit(branch, location, found);
  }
  if (Array.isArray(value))
    value.forEach((item, place) => visitItem(schema, { value: item, path: [...path, place] }, found));
  else if (isRecord(value)) visitFields(schema, { value, path }, found);
}

function visitItem(schema: Json, location: Location, found: Found): void {
  const place = Number(location.path.at(-1));
  const items = schema.prefixItems?.[place] ?? schema.items;
  if (!Array.isArray(items)) visit(items, location, found);
}

function visitFields(
  schema: Json,
  { value, path }: Location & { value: Readonly<Record<string, unknown>> },
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

function resolveRef(schema: Json | boolean | undefined, root: Json): Json | undefined {
  if (typeof schema !== 'object') return undefined;
  const name = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  if (schema.$ref === '#') return root;
  return name === undefined ? schema : resolveRef(root.$defs?.[name], root);
}

/** False for a branch whose constants differ from the value, such as the `type` of another kind of auth. */
function matchesConstants(branch: Json | undefined, value: unknown): boolean {
  if (!isRecord(value)) return true;
  return Object.entries(branch?.properties ?? {}).every(([name, field]) => {
    const constant = typeof field === 'object' ? field.const : undefined;
    return constant === undefined || value[name] === constant;
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
