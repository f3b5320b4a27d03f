import { closestMatch } from 'leven';

/** The name that was probably meant, or `undefined`. Ignores case, dashes, underscores and spaces. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  if (names.includes(`${name}Ref`)) return `${name}Ref`;
  const plain = new Map(names.map((each) => [normalize(each), each]));
  const maxDistance = Math.max(1, Math.min(4, Math.round(name.length * 0.4)));
  const match = closestMatch(normalize(name).slice(0, 100), [...plain.keys()], { maxDistance });
  return match === undefined ? undefined : plain.get(match);
}

const normalize = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '');
