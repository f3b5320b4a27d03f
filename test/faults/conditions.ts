import { followUpConditions } from './follow-up-conditions.ts';
import { errorConditions } from './error-conditions.ts';
import { requestConditions } from './request-conditions.ts';
import { tokenConditions } from './token-conditions.ts';
import type { ScenarioResult } from './token-scenario.ts';

/** Checks one hold of a played entry; the groups are those of its term. */
type Check = (scenario: ScenarioResult, ...groups: string[]) => Promise<void> | void;

/** A term, or how terms of its kind are written, and how it is checked. */
export type Condition = readonly [term: string | RegExp, check: Check];

/** What has happened comes first; then what must happen next, in this order. */
const conditions: readonly Condition[] = [
  ...requestConditions,
  ...errorConditions,
  ...tokenConditions,
  ...followUpConditions,
];

/**
 * Checks all that an entry says must hold.
 *
 * @throws for a term that nothing here checks
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

/** What a term says beyond its kind; `undefined` when it is of another kind. */
function matchGroups(kind: string | RegExp, term: string): readonly string[] | undefined {
  if (typeof kind === 'string') return kind === term ? [] : undefined;
  return kind.exec(term)?.slice(1);
}
