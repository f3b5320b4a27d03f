/** One line for the person who runs the deep suite: with which seed, how much, and what came of it. */
export function tell(what: string, figures: Readonly<Record<string, unknown>>): void {
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
