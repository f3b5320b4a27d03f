import { sources } from './connector-schema.ts';
import type { Mode } from './connector-schema.ts';

/** An unfinished spec, with any fields in its source. */
export interface SpecDraft {
  readonly source: Readonly<Record<string, unknown>>;
}

/**
 * Converts a spec to another mode: removes the fields that only other modes have, such as `source.oauth` of
 * `rest_pull`.
 *
 * Fields that no mode has stay, so that the schema reports them as mistakes. Required fields of the new mode are not
 * added. Does not change its arguments.
 */
export function pruneForMode(spec: SpecDraft, mode: Mode): SpecDraft {
  const kept = Object.entries(spec.source).filter(([field]) => hasField(mode, field) || !isKnownField(field));
  return { ...spec, source: { ...Object.fromEntries(kept), mode } };
}

const hasField = (mode: Mode, field: string): boolean => Object.hasOwn(sources[mode].shape, field);

const isKnownField = (field: string): boolean =>
  Object.values(sources).some(({ shape }) => Object.hasOwn(shape, field));
