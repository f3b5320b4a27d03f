/** Prints one line about a run of the deep suite: the seed, the size and the result. */
export function report(what: string, figures: Readonly<Record<string, unknown>>): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  // What the deep suite finds is figures, and they are for a person.
  // oxlint-disable-next-line no-console
  console.info(`${what}: ${words.join(', ')}`);
}

/** The seed of this run: that of `SEED`, to do it again, or any. */
export function seedOfRun(): number {
  const given = Number(process.env['SEED'] ?? Number.NaN);
  return Number.isInteger(given) ? given : Math.floor(Math.random() * 2 ** 31);
}
