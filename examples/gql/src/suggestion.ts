import { closestName } from '@bearings/client/layer';

/** `Did you mean …?`, or the names there are. */
export function suggestionFor(name: string, names: readonly string[], are: string): string {
  if (names.length === 0) return `It has no ${are}`;
  const meant = closestName(name, names);
  return meant === undefined ? `The ${are} are ${names.join(', ')}` : `Did you mean ${meant}?`;
}
