import { followUpConditions } from './follow-up-conditions.ts';
import { errorConditions } from './error-conditions.ts';
import { requestConditions } from './request-conditions.ts';
import { tokenConditions } from './token-conditions.ts';
import type { ScenarioResult } from './token-scenario.ts';

/** Checks one condition of a scenario. The groups are those of the term's pattern. */
type Check = (scenario: ScenarioResult, ...groups: string[]) => Promise<void> | void;

/** A term or a pattern of terms, and its check. */
export type Condition = readonly [term: string | RegExp, check: Check];

/** Checks of the past come first: the follow-up checks cause new requests. */
const conditions: readonly Condition[] = [
  ...requestConditions,
  ...errorConditions,
  ...tokenConditions,
  ...followUpConditions,
];

/**
 * Checks every condition in the `holds` of an entry.
 *
 * @throws for a term without a check
 */
export async function checkConditions(scenario: ScenarioResult): Promise<void> {
  const { id, expect } = scenario.entry;
  const unknown = expect.holds.filter((term) => !conditions.some(([kind]) => matchGroups(kind, term) !== undefined));
  if (unknown.length > 0) throw new Error(`Nothing checks what ${id} says must hold: ${unknown.join(', ')}`);
  for (const [kind, check] of conditions) {
    for (const term of expect.holds) {
      const groups = matchGroups(kind, term);
      if (groups !== undefined) await check(scenario, ...groups);
    }
  }
}

/** The groups of a term that matches; `undefined` when it does not match. */
function matchGroups(kind: string | RegExp, term: string): readonly string[] | undefined {
  if (typeof kind === 'string') return kind === term ? [] : undefined;
  return kind.exec(term)?.slice(1);
}
