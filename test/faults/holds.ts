import { holdsAfterwards } from './holds-afterwards.ts';
import { holdsOfErrors } from './holds-of-errors.ts';
import { holdsOfRequests } from './holds-of-requests.ts';
import { holdsOfTokens } from './holds-of-tokens.ts';
import type { Scene } from './token-scene.ts';

/** Checks one hold of a played entry; the groups are those of its term. */
type Check = (scene: Scene, ...groups: string[]) => Promise<void> | void;

/** A term, or how terms of its kind are written, and how it is checked. */
export type Hold = readonly [term: string | RegExp, check: Check];

/** What has happened comes first; then what must happen next, in this order. */
const holds: readonly Hold[] = [...holdsOfRequests, ...holdsOfErrors, ...holdsOfTokens, ...holdsAfterwards];

/**
 * Checks all that an entry says must hold.
 *
 * @throws for a term that nothing here checks
 */
export async function checkHolds(scene: Scene): Promise<void> {
  const { id, expect } = scene.entry;
  const unknown = expect.holds.filter((term) => !holds.some(([kind]) => groupsOf(kind, term) !== undefined));
  if (unknown.length > 0) throw new Error(`Nothing checks what ${id} says must hold: ${unknown.join(', ')}`);
  for (const [kind, check] of holds) {
    for (const term of expect.holds) {
      const groups = groupsOf(kind, term);
      if (groups !== undefined) await check(scene, ...groups);
    }
  }
}

/** What a term says beyond its kind; `undefined` when it is of another kind. */
function groupsOf(kind: string | RegExp, term: string): readonly string[] | undefined {
  if (typeof kind === 'string') return kind === term ? [] : undefined;
  return kind.exec(term)?.slice(1);
}
