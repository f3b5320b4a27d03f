import type { Machine } from './explore.ts';
import type { Reply } from './scripted-endpoint.ts';
import type { Act, TimeStep, Visit } from './world.ts';
import { World } from './world.ts';

/** The limits of one history. */
export interface Bounds {
  /** How often time advances to the next timer. */
  readonly ticks: number;
  /** How often a caller aborts. */
  readonly aborts: number;
  /** How often the resource rejects all tokens issued so far. */
  readonly revocations: number;
  /** How often the machine sleeps until the token has expired. */
  readonly sleeps?: number;
  readonly closes?: number;
  /** How often a caller uses a token, and gets another when it is rejected. */
  readonly uses: number;
  readonly replies: readonly (keyof typeof replies)[];
}

const lifetimeMs = 3_600_000;

const replies = {
  new: { kind: 'new', lifetimeMs },
  same: { kind: 'same', lifetimeMs },
  refused: { kind: 'refused' },
  busy: { kind: 'busy' },
  useless: { kind: 'useless' },
} as const satisfies Record<string, Reply>;

/** A caller's progress: it gets a token, uses it, reports it when it was rejected, and gets the next. */
interface Caller {
  next: 'get' | 'use' | 'report' | 'nothing';
  visit: Visit | undefined;
  uses: number;
}

/** Two callers, one token, one server and one timer, as a machine to explore. */
export async function twoCallers(bounds: Bounds): Promise<Machine> {
  const timing = { refreshOffsetMs: 1_800_000, jitterMaxMs: 0, minRefreshPeriodMs: 10_000 };
  const world = await World.create({ timing, isTimed: true, isDeaf: false, random: () => 0 });
  const callers = new Map<string, Caller>(['A', 'B'].map((name) => [name, { next: 'get', visit: undefined, uses: 0 }]));
  const left = { sleeps: 0, closes: 0, ...bounds };
  const revoked = new Set<string>();

  const act = (one: Act): Promise<void> => world.act([{ act: one, turns: 0 }]);
  const pass = (step: TimeStep): Promise<void> => world.pass(step);

  async function makeCaller(caller: Caller, step: string): Promise<void> {
    const token = caller.visit?.outcome;
    const access = token !== undefined && 'access' in token ? token.access : undefined;
    if (step === 'abort') {
      left.aborts -= 1;
      caller.visit?.controller?.abort(new Error('the caller has left'));
      return pass({ kind: 'advance', ms: 0 });
    }
    if (step === 'use') {
      caller.uses += 1;
      caller.next = access !== undefined && revoked.has(access.secret.expose()) ? 'report' : 'nothing';
      return undefined;
    }
    const place = world.seen.findLastIndex((each) => each === access);
    await act(step === 'report' ? { kind: 'invalidate', place } : { kind: 'get', isAbortable: true });
    caller.visit = world.visits.at(-1);
    caller.next = step === 'report' ? 'get' : caller.uses < bounds.uses ? 'use' : 'nothing';
    return undefined;
  }

  /** A caller that got no token ends. */
  function nextMove({ next, visit }: Caller): string | undefined {
    if (next === 'nothing') return undefined;
    if (visit === undefined) return next;
    if (visit.outcome === undefined) return left.aborts > 0 && visit.controller !== undefined ? 'abort' : undefined;
    return 'access' in visit.outcome ? next : undefined;
  }

  return {
    moves() {
      const steps = [...callers].flatMap(([name, caller]) => {
        const next = nextMove(caller);
        return next === undefined ? [] : [`${name} ${next}`];
      });
      const isOpen = !world.monitor.isClosed;
      const { current } = world.monitor;
      return [
        ...steps,
        ...(world.endpoint.waiting > 0 ? bounds.replies : []),
        ...(left.revocations > 0 && current !== undefined && !revoked.has(current.value) ? ['revoke'] : []),
        ...(left.ticks > 0 && world.clock.pending > 0 ? ['tick'] : []),
        ...(left.sleeps > 0 && current !== undefined ? ['sleep'] : []),
        ...(left.closes > 0 && isOpen ? ['close'] : []),
      ];
    },
    async make(move) {
      const [name = '', step = ''] = move.split(' ');
      const caller = callers.get(name);
      if (caller !== undefined) return makeCaller(caller, step);
      const reply = Object.entries(replies).find(([kind]) => kind === move)?.[1];
      if (reply !== undefined) return act({ kind: 'answer', place: 0, reply });
      if (move === 'revoke') {
        left.revocations -= 1;
        for (const { value } of world.monitor.published) revoked.add(value);
        return undefined;
      }
      if (move === 'close') {
        left.closes -= 1;
        return act({ kind: 'close' });
      }
      left[move === 'tick' ? 'ticks' : 'sleeps'] -= 1;
      return pass(move === 'tick' ? { kind: 'tick' } : { kind: 'suspend', ms: lifetimeMs });
    },
    digest: () =>
      JSON.stringify([
        world.digest(),
        [...callers.values()].map(({ next, uses, visit }) => [next, uses, visit && digestVisit(visit)]),
        Object.values(left),
        [...revoked],
      ]),
    end: () => world.end(),
  };
}

function digestVisit({ kind, hadToken, controller, outcome }: Visit): readonly unknown[] {
  if (outcome === undefined) return [kind, hadToken, controller?.signal.aborted];
  return 'access' in outcome ? [outcome.token?.generation, outcome.token?.value] : ['nothing'];
}
