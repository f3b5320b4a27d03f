import type { StoreRules } from '../../src/store/store-rules.ts';
import { newReplica, nextSteps } from './fleet-model.ts';
import type { Faults, Fleet, Step } from './fleet-model.ts';

export interface SearchOptions {
  readonly replicas: number;
  readonly faults?: Partial<Faults>;
  readonly rules?: StoreRules;
  /** Stops after so many states. Default: none. */
  readonly maxStates?: number;
}

export interface SearchReport {
  readonly states: number;
  readonly isComplete: boolean;
  /** What went wrong, after which steps. */
  readonly violation: string | undefined;
  /** The numbers of token requests with which the fleet comes to rest. */
  readonly requests: readonly number[];
}

interface Seen {
  readonly fleet: Fleet;
  readonly name: string;
  readonly before: Seen | undefined;
}

/**
 * Goes through every order of events, breadth first, so that the first violation found has the shortest history.
 *
 * Asks of each state: does a replica use a token again that it, or the store, has seen rejected? Does the store go back
 * to an older token? Is a replica left without a valid token?
 */
export function searchFleet({ replicas, faults = {}, rules, maxStates = Infinity }: SearchOptions): SearchReport {
  const start: Fleet = {
    record: {},
    issued: 0,
    revoked: 0,
    reported: 0,
    faults: { crashes: 0, losses: 0, lost: 0, isSlow: false, ...faults },
    replicas: Array.from({ length: replicas }, () => newReplica),
  };
  const seen = new Set([keyFor(start)]);
  const requests = new Set<number>();
  let frontier: readonly Seen[] = [{ fleet: start, name: 'start', before: undefined }];
  while (frontier.length > 0 && seen.size < maxStates) {
    const next: Seen[] = [];
    for (const before of frontier) {
      const steps = nextSteps(before.fleet, rules);
      if (steps.length === 0) requests.add(before.fleet.issued);
      const violation = findViolation(before, steps);
      if (violation !== undefined) return report(seen, requests, violation);
      const unseen = steps.filter(({ fleet }) => !seen.has(keyFor(fleet)));
      for (const { fleet, name } of unseen) {
        seen.add(keyFor(fleet));
        next.push({ fleet, name, before });
      }
    }
    frontier = next;
  }
  return { ...report(seen, requests, undefined), isComplete: frontier.length === 0 };
}

function report(seen: ReadonlySet<string>, requests: ReadonlySet<number>, violation: string | undefined): SearchReport {
  return {
    states: seen.size,
    isComplete: false,
    violation,
    requests: [...requests].toSorted((one, other) => one - other),
  };
}

function findViolation(before: Seen, steps: readonly Step[]): string | undefined {
  const stuck = steps.length === 0 ? atRest(before.fleet) : undefined;
  if (stuck !== undefined) return show(before, stuck);
  for (const { problem, fleet, name } of steps) {
    const found = problem ?? whileRunning(fleet);
    if (found !== undefined) return `${show(before, name)} · ${found}`;
  }
  return undefined;
}

function whileRunning({ replicas }: Fleet): string | undefined {
  const index = replicas.findIndex(
    ({ step, token, isRejected, rejected }) => step === 'idle' && token > 0 && token <= rejected && !isRejected,
  );
  return index === -1 ? undefined : `${index} uses a token again that is not younger than a rejected one`;
}

/** A fleet whose server issues no more tokens is at rest for that reason only. */
function atRest({ replicas, revoked, issued }: Fleet): string | undefined {
  const isStuck = issued < 4 && replicas.some(({ step, token }) => step !== 'idle' || token <= revoked);
  return isStuck ? 'a replica is left without a valid token' : undefined;
}

function show(last: Seen, problem: string): string {
  const names = [problem];
  for (let at: Seen | undefined = last; at?.before !== undefined; at = at.before) names.unshift(at.name);
  return names.join(' · ');
}

const steps = ['idle', 'asking', 'leased', 'alone', 'putting', 'offering'] as const;

/** Text that is the same for the same state, whatever the order of its replicas, and for no other. */
function keyFor({ record, issued, revoked, reported, faults, replicas }: Fleet): string {
  const { entry, lease } = record;
  const each = replicas.map(({ step, token, isRejected, rejected, issued: own }, index) => {
    const isHolder = lease?.owner === String(index);
    return `${steps.indexOf(step)}${token}${isRejected ? 1 : 0}${rejected}${own}${isHolder ? 1 : 0}`;
  });
  const stored = `${entry?.id ?? ''}${entry?.isRejected === true ? '!' : ''}${lease === undefined ? '' : ' leased'}`;
  const left = `${faults.crashes}${faults.losses}${faults.lost}`;
  return `${stored},${issued},${revoked},${reported},${left},${each.toSorted(byText).join()}`;
}

const byText = (one: string, other: string): number => (one < other ? -1 : 1);
