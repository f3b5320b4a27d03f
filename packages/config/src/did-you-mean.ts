import { closestMatch } from 'leven';

/** The name that was probably meant; `undefined` when none is near. Case, dashes and underscores count for nothing. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  if (names.includes(`${name}Ref`)) return `${name}Ref`;
  const plain = new Map(names.map((each) => [squashed(each), each]));
  const mostSteps = Math.max(1, Math.min(4, Math.round(name.length * 0.4)));
  const match = closestMatch(squashed(name).slice(0, 100), [...plain.keys()], { maxDistance: mostSteps });
  return match === undefined ? undefined : plain.get(match);
}

const squashed = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '');
