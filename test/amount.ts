const share = Number(process.env['SHARE'] || 1);
if (!(share > 0 && share < Infinity)) throw new RangeError('SHARE must be a number above 0, such as 0.1');

/** How much a deep test does: its usual amount, or the share of it that the variable `SHARE` sets. At least 1. */
export const amount = (usual: number): number => Math.max(1, Math.round(usual * share));

/** The share of a list that is tried: other ones with each seed. */
export function takeAmount<T>(list: readonly T[], seed: number): readonly T[] {
  const count = Math.min(amount(list.length), list.length);
  const first = seed % list.length;
  return [...list, ...list].slice(first, first + count);
}
