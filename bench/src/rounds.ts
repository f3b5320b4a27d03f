/** The samples of each contender, by round. */
export type Samples<T> = ReadonlyMap<string, readonly T[]>;

/**
 * Takes one sample of each contender in each round, every second round in reverse order: noise affects all alike, and no
 * contender always follows the same one.
 */
export async function alternate<T>(
  names: readonly string[],
  rounds: number,
  measure: (name: string) => Promise<T>,
): Promise<Samples<T>> {
  const samples = new Map<string, T[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) samples.get(name)?.push(await measure(name));
  }
  return samples;
}

/** One reading of a contender, by round. */
export function series<K extends string>(
  samples: Samples<Readonly<Record<K, number>>>,
  name: string,
  reading: K,
): readonly number[] {
  return (samples.get(name) ?? []).map((sample) => sample[reading]);
}
