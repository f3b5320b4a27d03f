import { closestName } from '@bearings/client/layer';

/** `Did you mean …?`, or a list of the names. */
export function suggestName(name: string, names: readonly string[], nouns: string): string {
  if (names.length === 0) return `It has no ${nouns}`;
  const meant = closestName(name, names);
  return meant === undefined ? `The ${nouns} are ${names.join(', ')}` : `Did you mean ${meant}?`;
}
