/** Decides what happens next, by its number among the possibilities. */
export type Choose = (possibilities: number) => number;

/**
 * Runs a scenario once for each sequence of choices: all interleavings.
 *
 * The scenario is run from its beginning each time, and must do the same for the same choices.
 *
 * @param limit - the most runs; the search fails when there are more
 * @returns the number of runs
 */
export async function explore(scenario: (choose: Choose) => Promise<void>, limit: number): Promise<number> {
  let prefix: number[] = [];
  for (let runs = 1; runs <= limit; runs += 1) {
    const taken: { readonly choice: number; readonly possibilities: number }[] = [];
    const choose: Choose = (possibilities) => {
      const choice = prefix[taken.length] ?? 0;
      taken.push({ choice, possibilities });
      return choice;
    };
    try {
      await scenario(choose);
    } catch (cause) {
      throw new Error(`After the choices ${taken.map(({ choice }) => choice).join(' ')}`, { cause });
    }
    while (taken.length > 0 && isLast(taken.at(-1))) taken.pop();
    const last = taken.pop();
    if (last === undefined) return runs;
    prefix = [...taken.map(({ choice }) => choice), last.choice + 1];
  }
  throw new Error(`There are more than ${limit} interleavings`);
}

const isLast = (taken?: { readonly choice: number; readonly possibilities: number }): boolean =>
  taken !== undefined && taken.choice + 1 >= taken.possibilities;
