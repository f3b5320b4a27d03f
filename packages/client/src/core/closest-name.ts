/** The most characters that may differ for a name to be taken for a misspelling of another. */
const maxDistance = 4;
/** Longer names are compared by their beginning. */
const maxChars = 40;

/**
 * Finds the name that was probably meant; `undefined` when none is close. Case, dashes, underscores and spaces do not
 * count.
 */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const given = normalize(name);
  const limit = Math.min(maxDistance, Math.max(1, Math.round(given.length * 0.4)));
  let closest: string | undefined;
  let least = limit + 1;
  for (const each of names) {
    const steps = distance(given, normalize(each));
    if (steps >= least) continue;
    closest = each;
    least = steps;
  }
  return closest;
}

const normalize = (name: string): string => name.slice(0, maxChars).toLowerCase().replaceAll(/[-_ ]/g, '');

/** The Levenshtein distance of two short words. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const substitution = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
