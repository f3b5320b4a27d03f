/** Fields that hold the records of a page, in many APIs. */
const usualNames = [
  'data',
  'items',
  'results',
  'records',
  'value',
  'values',
  'entries',
  'entry',
  'content',
  'Resources',
];

/** Fields around them. */
const wrappers = ['data', 'result', 'response', '_embedded'];

/** The records of a page: the page itself, or the list under a usual name; `undefined` without one. */
export function findUsualList(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  return usualNames.map((name) => field(body, name)).find((value): value is unknown[] => Array.isArray(value));
}

/**
 * The records of a page, to count them: under a usual name, or in the only list of the page, also one level deeper. `null`
 * under a usual name is an empty list. `undefined` when it is not clear which list has the records.
 */
export function findList(body: unknown): readonly unknown[] | undefined {
  const found = findNear(body);
  if (found !== undefined) return found;
  const [inner] = wrappers.map((name) => findNear(field(body, name))).filter((list) => list !== undefined);
  if (inner !== undefined) return inner;
  return usualNames.some((name) => field(body, name) === null) ? [] : undefined;
}

function findNear(body: unknown): readonly unknown[] | undefined {
  const usual = findUsualList(body);
  if (usual !== undefined || typeof body !== 'object' || body === null) return usual;
  const lists = Object.values(body).filter((value): value is unknown[] => Array.isArray(value));
  return lists.length === 1 ? lists[0] : undefined;
}

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
}
