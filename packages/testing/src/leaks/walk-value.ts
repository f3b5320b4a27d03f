import { types } from 'node:util';

/** A value that is reachable from the root, and its path. */
export interface Part {
  readonly path: string;
  readonly value: unknown;
  /** How many steps of the path are computed: by a getter, a prototype or `toJSON`. */
  readonly computed: number;
}

/** A value and all its parts. */
export interface WalkResult {
  /** Breadth first. Each object is listed once. */
  readonly parts: readonly Part[];
  /** Whether the value stays small as a tree, where shared objects are repeated. */
  readonly isSmallTree: boolean;
}

/** More than an error or client contains. A search of this many parts takes a few seconds. */
const maxParts = 250_000;
const maxTreeNodes = 10_000;
/** Limits getters that return a new object each time. */
const maxComputed = 3;

/**
 * Lists everything in a value: own properties (with symbols, non-enumerable ones and getters), inherited getters and
 * data, property names, and the contents of arrays, maps, sets, headers and forms.
 *
 * A getter that throws is skipped. Bodies of requests and responses are not read.
 *
 * @throws TypeError if the value has too many parts
 */
export function walkValue(root: unknown, name = ''): WalkResult {
  const parts: Part[] = [{ path: name, value: root, computed: 0 }];
  const links = new Map<object, readonly object[]>();
  let isEndless = false;
  for (const { path, value, computed } of parts) {
    if (!isObject(value) || links.has(value)) continue;
    isEndless ||= computed > maxComputed;
    const children = computed > maxComputed ? [] : childParts(value);
    for (const part of children) {
      if (isObject(part.value) && links.has(part.value)) continue;
      parts.push({ path: joinPath(path, part.path), value: part.value, computed: computed + part.computed });
    }
    links.set(
      value,
      children.map((part) => part.value).filter((each) => isObject(each)),
    );
    if (parts.length > maxParts) throw new TypeError('This value is too large to search: pass a part of it');
  }
  return { parts, isSmallTree: !isEndless && (!isObject(root) || isSmallTree(root, links)) };
}

/** Whether a value can have parts. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Runs code that may throw, such as a getter. Returns `undefined` if it throws. */
export function tryOrUndefined<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // shows nothing
  }
}

const joinPath = (path: string, name: string): string =>
  path === '' || name.startsWith('[') ? path + name : `${path}.${name}`;

function childParts(value: object): readonly Part[] {
  if (ArrayBuffer.isView(value)) return []; // the underlying buffer may contain other data
  const json = tryOrUndefined(() => callMethod(value, 'toJSON'));
  return [
    ...ownParts(value),
    ...inheritedParts(value),
    ...entryParts(value),
    ...(json === undefined ? [] : [{ path: 'toJSON()', value: json, computed: 1 }]),
  ];
}

function callMethod(value: object, name: string): unknown {
  const method: unknown = Reflect.get(value, name);
  return typeof method === 'function' ? Reflect.apply(method, value, ['']) : undefined;
}

function ownParts(value: object): readonly Part[] {
  return getKeys(value).flatMap((key) => [
    ...(isIndex(key) ? [] : [{ path: `${formatKey(key)} (property name)`, value: key, computed: 0 }]),
    ...partAt(value, key, isGetter(value, key) ? 1 : 0),
  ]);
}

/** Inherited getters and data. Methods are left out: they show nothing by themselves. */
function inheritedParts(value: object): readonly Part[] {
  const own = new Set(getKeys(value));
  const found = new Map<string | symbol, readonly Part[]>();
  for (let from = getPrototype(value); from !== undefined && !isBuiltIn(from); from = getPrototype(from)) {
    const added = getKeys(from).filter((key) => key !== 'constructor' && !own.has(key) && !found.has(key));
    for (const key of added) found.set(key, partAt(value, key, 1));
  }
  return [...found.values()].flat().filter((part) => typeof part.value !== 'function');
}

const getPrototype = (value: object): object | undefined =>
  tryOrUndefined(() => Object.getPrototypeOf(value)) ?? undefined;

const isBuiltIn = (prototype: object): boolean =>
  prototype === Object.prototype || prototype === Function.prototype || prototype === Array.prototype;

const getKeys = (value: object): readonly (string | symbol)[] => tryOrUndefined(() => Reflect.ownKeys(value)) ?? [];

function partAt(value: object, key: string | symbol, computed: number): readonly Part[] {
  const path = isIndex(key) ? `[${key}]` : formatKey(key);
  return tryOrUndefined(() => [{ path, value: Reflect.get(value, key), computed }]) ?? [];
}

const isGetter = (value: object, key: string | symbol): boolean =>
  tryOrUndefined(() => Reflect.getOwnPropertyDescriptor(value, key))?.get !== undefined;

const isIndex = (key: string | symbol): key is string => typeof key === 'string' && /^\d+$/.test(key);

const formatKey = (key: string | symbol): string => (typeof key === 'symbol' ? `[${String(key)}]` : key);

/** The entries of collections that iteration does not consume. */
function entryParts(value: object): readonly Part[] {
  const kind = tryOrUndefined(() => Object.prototype.toString.call(value)) ?? '';
  const isPairs = types.isMap(value) || / (?:Headers|FormData|URLSearchParams)\]$/.test(kind);
  if (!(isPairs || types.isSet(value)) || !isIterable(value)) return [];
  const partsIn = (entry: unknown): Part | readonly Part[] =>
    isPairs ? pairParts(entry) : { path: '[an entry]', value: entry, computed: 0 };
  return tryOrUndefined(() => [...value].flatMap(partsIn)) ?? [];
}

function pairParts(entry: unknown): readonly Part[] {
  if (!Array.isArray(entry)) return [];
  const [key, value]: readonly unknown[] = entry;
  return [
    { path: '[a key]', value: key, computed: 0 },
    { path: typeof key === 'string' ? key : '[a value]', value, computed: 0 },
  ];
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof tryOrUndefined(() => Reflect.get(value, Symbol.iterator)) === 'function';
}

/** Counts the nodes that `util.inspect` would print. Stops at circular references, as `inspect` does. */
function isSmallTree(root: object, links: ReadonlyMap<object, readonly object[]>): boolean {
  const ancestors = new Set<object>();
  let count = 0;
  const isSmall = (value: object): boolean => {
    count += 1;
    if (count > maxTreeNodes) return false;
    if (ancestors.has(value)) return true;
    ancestors.add(value);
    const isWhole = (links.get(value) ?? []).every((each) => isSmall(each));
    ancestors.delete(value);
    return isWhole;
  };
  return tryOrUndefined(() => isSmall(root)) ?? false; // too deep for recursion, so too deep for `inspect`
}
