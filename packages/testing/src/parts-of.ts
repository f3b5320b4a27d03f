import { types } from 'node:util';

/** Something a program can come to from a value, and the way to it. */
export interface Part {
  readonly path: string;
  readonly value: unknown;
  /** How many times on the way something was computed: by a getter, a prototype or a `toJSON`. */
  readonly computed: number;
}

/** A value and everything in it. */
export interface Parts {
  /** Breadth first, and each object once, however often it is referred to. */
  readonly parts: readonly Part[];
  /** Whether the whole stays small when it is written out as a tree, where what is shared is repeated. */
  readonly isSmallTree: boolean;
}

/** More than any error or client holds; a search of as many takes a few seconds. */
const mostParts = 250_000;
const smallTree = 10_000;
/** Getters that answer with ever new things are not followed for ever. */
const mostComputed = 3;

/**
 * Everything in a value: own properties (those of symbols, hidden ones, getters), what the prototypes add (getters and
 * data), names of properties, and the contents of arrays, maps, sets, headers and forms.
 *
 * A getter that throws is passed over. Bodies of requests and responses are not read.
 *
 * @throws TypeError when there is too much in it to look at the whole
 */
export function partsOf(thing: unknown, name = ''): Parts {
  const parts: Part[] = [{ path: name, value: thing, computed: 0 }];
  const links = new Map<object, readonly object[]>();
  let isEndless = false;
  for (const { path, value, computed } of parts) {
    if (!isObject(value) || links.has(value)) continue;
    isEndless ||= computed > mostComputed;
    const inside = computed > mostComputed ? [] : insideOf(value);
    for (const part of inside) {
      if (isObject(part.value) && links.has(part.value)) continue;
      parts.push({ path: joined(path, part.path), value: part.value, computed: computed + part.computed });
    }
    links.set(
      value,
      inside.map((part) => part.value).filter((each) => isObject(each)),
    );
    if (parts.length > mostParts) throw new TypeError('This holds too much to look through: hand over a part of it');
  }
  return { parts, isSmallTree: !isEndless && (!isObject(thing) || isSmallTree(thing, links)) };
}

/** Whether a value may have something in it. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Runs an act that another's code may make fail. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined; // what fails shows nothing
  }
}

const joined = (path: string, name: string): string =>
  path === '' || name.startsWith('[') ? path + name : `${path}.${name}`;

function insideOf(value: object): readonly Part[] {
  if (ArrayBuffer.isView(value)) return []; // its bytes are one thing, and the buffer beneath may be shared with strangers
  const json = attempt(() => productOf(value, 'toJSON'));
  return [
    ...ownOf(value),
    ...inheritedOf(value),
    ...entriesOf(value),
    ...(json === undefined ? [] : [{ path: 'toJSON()', value: json, computed: 1 }]),
  ];
}

function productOf(value: object, name: string): unknown {
  const method: unknown = Reflect.get(value, name);
  return typeof method === 'function' ? Reflect.apply(method, value, ['']) : undefined;
}

function ownOf(value: object): readonly Part[] {
  return keysOf(value).flatMap((key) => [
    ...(isIndex(key) ? [] : [{ path: `${nameOf(key)} (its name)`, value: key, computed: 0 }]),
    ...partAt(value, key, isGetter(value, key) ? 1 : 0),
  ]);
}

/** What the prototypes add to a value, as a walk that asks for everything sees it. Methods show nothing by themselves. */
function inheritedOf(value: object): readonly Part[] {
  const own = new Set(keysOf(value));
  const found = new Map<string | symbol, readonly Part[]>();
  for (let from = parentOf(value); from !== undefined && !isBuiltIn(from); from = parentOf(from)) {
    const added = keysOf(from).filter((key) => key !== 'constructor' && !own.has(key) && !found.has(key));
    for (const key of added) found.set(key, partAt(value, key, 1));
  }
  return [...found.values()].flat().filter((part) => typeof part.value !== 'function');
}

const parentOf = (value: object): object | undefined => attempt(() => Object.getPrototypeOf(value)) ?? undefined;

const isBuiltIn = (prototype: object): boolean =>
  prototype === Object.prototype || prototype === Function.prototype || prototype === Array.prototype;

const keysOf = (value: object): readonly (string | symbol)[] => attempt(() => Reflect.ownKeys(value)) ?? [];

function partAt(value: object, key: string | symbol, computed: number): readonly Part[] {
  const path = isIndex(key) ? `[${key}]` : nameOf(key);
  return attempt(() => [{ path, value: Reflect.get(value, key), computed }]) ?? [];
}

const isGetter = (value: object, key: string | symbol): boolean =>
  attempt(() => Reflect.getOwnPropertyDescriptor(value, key))?.get !== undefined;

const isIndex = (key: string | symbol): key is string => typeof key === 'string' && /^\d+$/.test(key);

const nameOf = (key: string | symbol): string => (typeof key === 'symbol' ? `[${String(key)}]` : key);

/** Of the many things that can be walked through, those that stay the same when they were. */
function entriesOf(value: object): readonly Part[] {
  const kind = attempt(() => Object.prototype.toString.call(value)) ?? '';
  const isPairs = types.isMap(value) || / (?:Headers|FormData|URLSearchParams)\]$/.test(kind);
  if (!(isPairs || types.isSet(value)) || !isIterable(value)) return [];
  const partsIn = (entry: unknown): Part | readonly Part[] =>
    isPairs ? pairOf(entry) : { path: '[an entry]', value: entry, computed: 0 };
  return attempt(() => [...value].flatMap(partsIn)) ?? [];
}

function pairOf(entry: unknown): readonly Part[] {
  if (!Array.isArray(entry)) return [];
  const [key, value]: readonly unknown[] = entry;
  return [
    { path: '[a key]', value: key, computed: 0 },
    { path: typeof key === 'string' ? key : '[a value]', value, computed: 0 },
  ];
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof attempt(() => Reflect.get(value, Symbol.iterator)) === 'function';
}

/** Counts the tree as `util.inspect` would write it: without end nowhere, since it stops at a circle. */
function isSmallTree(root: object, links: ReadonlyMap<object, readonly object[]>): boolean {
  const above = new Set<object>();
  let seen = 0;
  const isSmall = (value: object): boolean => {
    seen += 1;
    if (seen > smallTree) return false;
    if (above.has(value)) return true;
    above.add(value);
    const isWhole = (links.get(value) ?? []).every((each) => isSmall(each));
    above.delete(value);
    return isWhole;
  };
  return attempt(() => isSmall(root)) ?? false; // too deep for a recursion is too deep for `inspect` as well
}
