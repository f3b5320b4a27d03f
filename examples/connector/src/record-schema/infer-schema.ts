/** The JSON Schema (2020-12) of values that were seen. */
export interface InferredSchema {
  readonly type?: readonly string[] | string;
  readonly properties?: Readonly<Record<string, InferredSchema>>;
  readonly required?: readonly string[];
  readonly items?: InferredSchema;
  readonly additionalProperties?: InferredSchema;
}

/** An object with more names than this is taken as a map: its names are data, such as ids. */
const maxProperties = 500;

/** What was seen of a value, to which more can be added. The size depends on the fields, and not on the records. */
export interface SeenValues {
  count: number;
  readonly types: Set<string>;
  objects: number;
  properties: Map<string, SeenValues> | undefined;
  map: SeenValues | undefined;
  items: SeenValues | undefined;
}

export function createSeenValues(): SeenValues {
  return { count: 0, types: new Set(), objects: 0, properties: undefined, map: undefined, items: undefined };
}

/** Adds a JSON value to what was seen. */
export function addValue(seen: SeenValues, value: unknown): void {
  seen.count += 1;
  const type = typeName(value);
  seen.types.add(type);
  if (Array.isArray(value)) {
    seen.items ??= createSeenValues();
    for (const item of value as readonly unknown[]) addValue(seen.items, item);
  } else if (typeof value === 'object' && value !== null) addObject(seen, value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function addObject(seen: SeenValues, object: object): void {
  seen.objects += 1;
  seen.properties ??= new Map();
  for (const [name, value] of Object.entries(object)) {
    if (seen.map === undefined && seen.properties.size >= maxProperties && !seen.properties.has(name)) becomeMap(seen);
    const property = seen.map ?? seen.properties.get(name) ?? createSeenValues();
    if (seen.map === undefined) seen.properties.set(name, property);
    addValue(property, value);
  }
}

function becomeMap(seen: SeenValues): void {
  const map = createSeenValues();
  for (const property of seen.properties?.values() ?? []) mergeInto(map, property);
  seen.map = map;
  seen.properties = new Map();
}

function mergeInto(target: SeenValues, source: SeenValues): void {
  target.count += source.count;
  target.objects += source.objects;
  for (const type of source.types) target.types.add(type);
  if (source.items !== undefined) mergeInto((target.items ??= createSeenValues()), source.items);
  if (source.map !== undefined) mergeInto((target.map ??= createSeenValues()), source.map);
  target.properties ??= source.properties && new Map();
  for (const [name, property] of source.properties ?? []) {
    const known = target.properties?.get(name) ?? createSeenValues();
    target.properties?.set(name, known);
    mergeInto(known, property);
  }
}

/** The schema that all values match that were seen. A field that each object had is required. */
export function toSchema(seen: SeenValues): InferredSchema {
  const types = [...seen.types].filter((type) => type !== 'integer' || !seen.types.has('number')).toSorted();
  const [only] = types;
  return {
    ...(only !== undefined && { type: types.length === 1 ? only : types }),
    ...(seen.objects > 0 && toObjectSchema(seen)),
    ...(seen.items !== undefined && seen.items.count > 0 && { items: toSchema(seen.items) }),
  };
}

function toObjectSchema({ properties, map, objects }: SeenValues): InferredSchema {
  if (map !== undefined) return { additionalProperties: toSchema(map) };
  const entries = [...(properties ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const required = entries.filter(([, { count }]) => count === objects).map(([name]) => name);
  return {
    properties: Object.fromEntries(entries.map(([name, property]) => [name, toSchema(property)])),
    ...(required.length > 0 && { required }),
  };
}
