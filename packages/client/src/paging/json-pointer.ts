/** The value at a JSON pointer (RFC 6901), or the first missing part of its path. */
export type PointerResult = { readonly value: unknown } | { readonly missingAt: string };

/** Resolves a JSON pointer. The empty pointer is the document itself. */
export function resolvePointer(document: unknown, pointer: string): PointerResult {
  let value: unknown = document;
  const steps = parsePointer(pointer);
  for (const [index, step] of steps.entries()) {
    if (!hasKey(value, step)) return { missingAt: pointer.split('/', index + 2).join('/') };
    value = Reflect.get(value, step);
  }
  return { value };
}

/** The values at a JSON pointer in which `*` is each item of a list, or each value of an object. */
export type PatternResult = { readonly values: readonly unknown[] } | { readonly missingAt: string };

/** Resolves a JSON pointer with `*`. Without `*` there is one value. */
export function resolvePattern(document: unknown, pattern: string): PatternResult {
  const [first = '', ...others] = pattern.split(/\/\*(?=\/|$)/);
  let found = resolveEach([document], first);
  for (const rest of others) {
    if ('missingAt' in found) return found;
    found = resolveEach(found.values.flatMap(listItems), rest);
  }
  return found;
}

function resolveEach(items: readonly unknown[], pointer: string): PatternResult {
  const values: unknown[] = [];
  for (const item of items) {
    const found = resolvePointer(item, pointer);
    if ('missingAt' in found) return found;
    values.push(found.value);
  }
  return { values };
}

/** A copy of a document with another value at a JSON pointer. Objects on the way are created. */
export function withPointerValue(document: unknown, pointer: string, value: unknown): unknown {
  return setAt(document, parsePointer(pointer), value);
}

function setAt(document: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    return document.map((item: unknown, index) => (String(index) === key ? setAt(item, rest, value) : item));
  }
  const inner = hasKey(document, key) ? Reflect.get(document, key) : undefined;
  // not by assignment: `__proto__` is a name like any other
  return Object.fromEntries([...Object.entries(document ?? {}), [key, setAt(inner, rest, value)]]);
}

const parsePointer = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const hasKey = (value: unknown, key: string): value is object =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);

function listItems(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
