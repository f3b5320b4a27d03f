/** A value of a document, as JSON and YAML have them. */
export type Value = string | number | boolean | null | readonly Value[] | Fields;

/** A group of fields. */
export interface Fields {
  readonly [name: string]: Value | undefined;
}

/** A path in a document: field names, and list indexes from 0. */
export type Path = readonly (string | number)[];

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: unknown): value is readonly Value[] => Array.isArray(value);

/** True when two values are the same. The order of fields does not count. */
export function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, place) => isSame(item, other[place]));
  }
  if (!isFields(one) || !isFields(other)) return Object.is(one, other);
  const names = presentNames(one);
  return names.length === presentNames(other).length && names.every((name) => isSame(one[name], other[name]));
}

/** The names of the fields that have a value. */
export const presentNames = (fields: Fields): readonly string[] =>
  Object.keys(fields).filter((name) => fields[name] !== undefined);
