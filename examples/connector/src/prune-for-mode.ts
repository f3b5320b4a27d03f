import { sources } from './connector-schema.ts';
import type { Mode } from './connector-schema.ts';

/** A spec that somebody is working on: whatever fields its source has so far. */
export interface SpecDraft {
  readonly source: Readonly<Record<string, unknown>>;
}

/**
 * The spec for another mode: without the fields that only other modes know, such as `source.oauth`, which is of
 * `rest_pull` alone.
 *
 * What the schema knows in no mode stays, because it is a mistake that a person should be told of. What the new mode
 * needs and the spec has not is still missing. Changes nothing that it is given.
 */
export function pruneForMode(spec: SpecDraft, mode: Mode): SpecDraft {
  const kept = Object.entries(spec.source).filter(([field]) => isOf(mode, field) || !isOfSome(field));
  return { ...spec, source: { ...Object.fromEntries(kept), mode } };
}

const isOf = (mode: Mode, field: string): boolean => Object.hasOwn(sources[mode].shape, field);

const isOfSome = (field: string): boolean => Object.values(sources).some(({ shape }) => Object.hasOwn(shape, field));
