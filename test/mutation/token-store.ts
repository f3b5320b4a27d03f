import { mutantsIn } from './mutant.ts';
import type { Mutant } from './mutant.ts';

/** Wrong changes of the rules of a store, and of what a replica does with its answers. */
export const tokenStoreMutants: readonly Mutant[] = mutantsIn('oauth-bearer', {
  'store/store-rules.ts': [
    ['const rotationBurst = 3;', 'const rotationBurst = 4;'],
    ['held.id !== entry.id && ageMs < held.ageMs', 'ageMs < held.ageMs'],
    ['held.id !== entry.id && ageMs < held.ageMs', 'held.id !== entry.id'],
    ['entry !== undefined && !entry.isRejected) {', 'entry !== undefined) {'],
    ['isRejected || entry?.isRejected === true;', 'isRejected;'],
    ['record.lease?.owner === owner ? undefined : record.lease', 'undefined'],
    ['entry.requestedAtMs < requestedAtMs', 'true'],
    [' && entry.id !== id', ''],
    ['if (endsAtMs <= nowMs || !mayReplace)', 'if (!mayReplace)'],
    ['lease, failure: undefined, entry: stored', 'lease, entry: stored'],
    ['if (record.lease?.owner !== owner) return { record, answer: undefined };', ''],
    ['!isRejected || entry === undefined || entry.id !== held?.id', '!isRejected || entry === undefined'],
    ['nowMs + paidMs + rotationPeriodMs', 'nowMs + rotationPeriodMs'],
  ],
  'store/store-guard.ts': [
    ['const failureLimit = 3;', 'const failureLimit = 300;'],
    ['      this.#failures = 0;\n', ''],
    ['      if (this.#isAway) throw cause;\n', ''],
  ],
  'store/request-alone.ts': [
    ["reason === 'fallback' && canWait(acquisition, options.held)", "reason === 'fallback'"],
    ["reason === 'fallback' && canWait(acquisition, options.held)", 'false'],
    ["reason !== 'fallback' || issued.isErr()", 'issued.isErr()'],
    ['held === undefined || held.isRejected', 'held === undefined'],
  ],
  'store/request-with-lease.ts': [
    ['options.signal.aborted ? undefined : issued.error', 'undefined'],
    ['(await takeYounger(acquisition, offer.id)) ?? own', 'own'],
    ['    stop();\n', ''],
  ],
  'store/take-entry.ts': [
    [' || nowAgeMs >= opened.lifetimeMs', ''],
    ['Math.max(0, entry.ageMs - (askedAtMs - startedAtMs))', '0'],
  ],
  'store/token-seal.ts': [[' || content.endsAt + clockDifferenceMs < this.#clock.now()', '']],
  'store/share-token.ts': [
    ['    clientId,\n', ''],
    ['[...new Set(scopes)].toSorted()', 'scopes'],
    ['identity: current ?? identity', 'identity'],
    ['return { ...issued, isCertificateBound: true };', 'return issued;'],
  ],
});
