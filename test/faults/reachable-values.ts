/**
 * All values reachable from a value without calling a method: own members (named, symbol, not enumerable), getters of
 * the prototypes, causes, errors of an aggregate, entries of maps and sets.
 */
export function reachableValues(value: unknown): ReadonlySet<unknown> {
  const found = new Set<unknown>();
  const left = [value];
  while (left.length > 0 && found.size < 50_000) {
    const next = left.pop();
    if (found.has(next)) continue;
    found.add(next);
    if ((typeof next === 'object' && next !== null) || typeof next === 'function') left.push(...listParts(next));
  }
  return found;
}

/** The text of all reachable values. */
export function reachableText(value: unknown): string {
  return [...reachableValues(value)]
    .map((each) => (ArrayBuffer.isView(each) ? Buffer.from(each.buffer).toString('latin1') : each))
    .filter((each) => typeof each === 'string' || typeof each === 'symbol')
    .map(String)
    .join('\n');
}

function listParts(holder: object): readonly unknown[] {
  const parts: unknown[] = holder instanceof Map || holder instanceof Set ? [...holder].flat() : [];
  if (holder instanceof Headers || holder instanceof URLSearchParams) parts.push(...[...holder].flat());
  for (let level: object | null = holder; level !== null; level = Object.getPrototypeOf(level)) {
    for (const key of Reflect.ownKeys(level)) parts.push(key, readMember(level, key, holder));
  }
  return parts;
}

function readMember(level: object, key: PropertyKey, holder: object): unknown {
  try {
    const member: unknown = Reflect.get(level, key, holder);
    if (member instanceof Promise) void quietly(member);
    return member;
  } catch {
    return undefined; // a getter that rejects this object
  }
}

/** Some getters return a rejected promise for an object of another class. */
async function quietly(promise: Promise<unknown>): Promise<void> {
  await Promise.allSettled([promise]);
}
