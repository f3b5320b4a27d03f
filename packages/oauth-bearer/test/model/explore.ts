/** A state machine to explore. */
export interface Machine {
  /** All that decides what can happen next. Two machines with the same digest count as the same state. */
  digest(): string;
  /** The possible moves; an empty list is the end. */
  moves(): readonly string[];
  /** @throws when the new state breaks a rule */
  make(move: string): Promise<void>;
  /** Called when no move is left. @throws when the final state breaks a rule */
  end(): Promise<void>;
}

/** A state that was reached again, and its path. */
interface Meeting {
  readonly way: readonly string[];
  readonly digest: string;
}

/** How many states are compared. */
export interface ExploreOptions {
  /** How many states that were reached again are compared with the first visit; `Infinity` for all. */
  readonly compared: number;
}

/** The result of an exploration. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** States without a move. */
  readonly ends: number;
  /** How often a machine was started. */
  readonly starts: number;
  /** States reached again that were compared move by move. */
  readonly compared: number;
  /** States with the same digest that continue differently: the digest is incomplete, and so is the search. */
  readonly differences: readonly string[];
}

/**
 * Visits every state of a machine, depth first, and none twice.
 *
 * A machine cannot be put back into a state, so each path is replayed from the start.
 *
 * @throws what a move throws, with its path
 */
export async function explore(start: () => Promise<Machine>, { compared: most }: ExploreOptions): Promise<Exploration> {
  const seen = new Map<string, Map<string, string>>();
  const met: Meeting[] = [];
  const ahead: (readonly string[])[] = [[]];
  let [ends, transitions, starts] = [0, 0, 0];
  for (let way = ahead.pop(); way !== undefined; way = ahead.pop()) {
    const machine = await walked(start, way.slice(0, -1));
    starts += 1;
    let [from, move] = [way.length === 0 ? '' : machine.digest(), way.at(-1)];
    for (let gone = way; ; gone = [...gone, move]) {
      if (move !== undefined) {
        await tried(machine.make(move), gone);
        transitions += 1;
      }
      const digest = machine.digest();
      if (move !== undefined) seen.get(from)?.set(move, digest);
      if (seen.has(digest)) {
        met.push({ way: gone, digest });
        break;
      }
      seen.set(digest, new Map());
      const [next, ...others] = machine.moves();
      for (const other of others) ahead.push([...gone, other]);
      if (next === undefined) {
        await tried(machine.end(), gone);
        ends += 1;
        break;
      }
      [from, move] = [digest, next];
    }
  }
  const again = met.filter((_, index) => index % Math.max(1, Math.ceil(met.length / most)) === 0);
  const differences: string[] = [];
  for (const meeting of again) differences.push(...(await differencesAt(start, meeting, seen)));
  return { states: seen.size, transitions, ends, starts, compared: again.length, differences };
}

async function walked(start: () => Promise<Machine>, way: readonly string[]): Promise<Machine> {
  const machine = await start();
  for (const [index, move] of way.entries()) await tried(machine.make(move), way.slice(0, index + 1));
  return machine;
}

async function tried(step: Promise<void>, way: readonly string[]): Promise<void> {
  try {
    await step;
  } catch (cause) {
    throw new Error(`After ${way.join(', ')}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * Continues from a state that was reached again, once with each move to an end, and reports where that differs from the
 * first visit.
 */
async function differencesAt(
  start: () => Promise<Machine>,
  { way, digest }: Meeting,
  seen: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const first of seen.get(digest)?.keys() ?? []) {
    const machine = await walked(start, way);
    const gone = [...way];
    let [nexts, move]: [ReadonlyMap<string, string> | undefined, string | undefined] = [seen.get(digest), first];
    while (move !== undefined && nexts !== undefined) {
      const isOpen = machine.moves().toSorted().join() === [...nexts.keys()].toSorted().join();
      if (isOpen) await tried(machine.make(move), [...gone, move]);
      gone.push(move);
      const expected = nexts.get(move) ?? '';
      const found = isOpen ? machine.digest() : 'other moves';
      if (found !== expected) {
        differences.push(`${gone.join(', ')}:\n  ${found}\n  ${expected}`);
        break;
      }
      nexts = seen.get(expected);
      move = [...(nexts?.keys() ?? [])].at(gone.length % Math.max(1, nexts?.size ?? 0));
    }
    if (move === undefined && machine.moves().length > 0) differences.push(`${gone.join(', ')}: not the end`);
  }
  return differences;
}
