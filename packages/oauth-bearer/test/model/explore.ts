/** Something that can be in different states, and in each of them make different moves. */
export interface Machine {
  /** All that decides what can happen from here on. Two machines that say the same are taken for one. */
  digest(): string;
  /** What can happen next. None: the end. */
  moves(): readonly string[];
  /** @throws when the state that it leads to is wrong */
  make(move: string): Promise<void>;
  /** Called where no move is left. @throws when it must not end like this */
  end(): Promise<void>;
}

/** A state that was met again, and on which way. */
interface Meeting {
  readonly way: readonly string[];
  readonly digest: string;
}

/** How thoroughly a machine is explored. */
export interface ExploreOptions {
  /** How many states that were met again, on another way, are compared with the first meeting; `Infinity` for all. */
  readonly compared: number;
}

/** What was found. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** States without a move. */
  readonly ends: number;
  /** How often a machine was started anew. */
  readonly starts: number;
  /** States met again that were compared move by move. */
  readonly compared: number;
  /** States that say the same and go on differently: the digest leaves something out, and the search is not complete. */
  readonly differences: readonly string[];
}

/**
 * Goes every way through a machine, depth first, and no further where it has been before.
 *
 * A machine cannot be put back into a state, so each way is gone from the start.
 *
 * @throws what a move throws, with the way that led there
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
 * Goes on from a state that was met again, once with each move and from there to an end, and says where that differs
 * from what was found at the first meeting.
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
