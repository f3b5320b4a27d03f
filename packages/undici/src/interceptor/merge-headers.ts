import type { Dispatcher } from 'undici';

type Given = Dispatcher.DispatchOptions['headers'];

/** The headers of a request, in each form that undici takes, with others in the place of those of the same name. */
export function mergeHeaders(given: Given, added: ReadonlyMap<string, string>): string[] {
  const kept = toPairs(given).filter(([name]) => !added.has(name.toLowerCase()));
  return [...kept, ...added].flat();
}

/** The value of a header, in each form that undici takes. */
export function readHeader(given: Given, name: string): string | undefined {
  return toPairs(given).find(([each]) => each.toLowerCase() === name)?.[1];
}

function toPairs(given: Given): readonly (readonly [string, string])[] {
  if (given === undefined || given === null) return [];
  if (Array.isArray(given) && !Array.isArray(given[0])) return flatToPairs(given);
  const entries = isIterable(given) ? [...given] : Object.entries(given);
  return entries.flatMap(([name, values]) => [values ?? []].flat().map((value) => [name, `${value}`] as const));
}

/** A list of names and values in turn. */
function flatToPairs(list: readonly unknown[]): readonly (readonly [string, string])[] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[toText(name), toText(list[index + 1])] as const] : []));
}

const toText = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);

const isIterable = (value: object): value is Iterable<[string, string | string[] | undefined]> =>
  Symbol.iterator in value;
