import type { Fields, Value } from '../../src/documents/value.ts';
import { discriminator } from './schema.ts';
import type { Schema } from './schema.ts';

/** Where a switch leads. */
export interface VariantSwitch {
  /** The value of the field that says which variant it is. */
  readonly to: Value;
  /** The value that the variant had before, which comes back as a whole. */
  readonly remembered?: Fields | undefined;
}

/**
 * A value of a union as another variant of it: the fields that both have stay, those that only other variants have go.
 * Fields that no variant has stay too: they are mistakes to look at, not settings of a mode.
 */
export function switchVariant(schema: Schema, value: Fields, { to, remembered }: VariantSwitch): Fields {
  const name = discriminator(schema) ?? 'type';
  const target = schema.variants.find((each) => each.properties.get(name)?.options[0] === to);
  if (target === undefined) return value;
  const unknown = Object.entries(value).filter(([field]) => !isKnown(schema, field));
  if (remembered !== undefined) {
    const known = Object.entries(remembered).filter(([field]) => isKnown(schema, field));
    return Object.fromEntries([...known, ...unknown]);
  }
  const kept = Object.entries(value).filter(
    ([field, each]) => !isKnown(schema, field) || (field !== name && fits(target.properties.get(field), each)),
  );
  return { [name]: to, ...Object.fromEntries(kept) };
}

const isKnown = ({ variants }: Schema, field: string): boolean =>
  variants.some(({ properties }) => properties.has(field));

/** False for a field that the variant has not, or whose value is none of those that it allows. */
function fits(schema: Schema | undefined, value: Value | undefined): boolean {
  if (schema === undefined || value === undefined) return false;
  return schema.options.length === 0 || schema.options.includes(value);
}

/** What leaves the file by a switch: the fields that the value had and has no longer. */
export function fallenFields(before: Fields, after: Fields): readonly (readonly [string, Value])[] {
  return Object.entries(before).flatMap(([name, value]) =>
    value !== undefined && after[name] === undefined ? [[name, value] as const] : [],
  );
}

/** One way to authenticate of a source that has a field for each, such as `auth` or `oauth`. */
export interface Choice {
  readonly label: string;
  /** The field that only this choice has; `undefined` for none of them. */
  readonly field: string | undefined;
  /** What the field begins with. */
  readonly start: Fields;
}

/** The choice that a value has made: the first whose field is there, else the one without a field. */
export function findChoice(choices: readonly Choice[], value: Fields): Choice | undefined {
  return (
    choices.find(({ field }) => field !== undefined && value[field] !== undefined) ??
    choices.find(({ field }) => field === undefined)
  );
}

/** Where a switch leads, and what its field had before. */
export interface ChoiceSwitch {
  readonly to: Choice;
  readonly remembered?: Value | undefined;
}

/** The value with another choice: the fields of the others go. */
export function switchChoice(choices: readonly Choice[], value: Fields, { to, remembered }: ChoiceSwitch): Fields {
  const fields = choices.map(({ field }) => field);
  const others = Object.entries(value).filter(([name]) => !fields.includes(name));
  return Object.fromEntries(to.field === undefined ? others : [...others, [to.field, remembered ?? to.start]]);
}
