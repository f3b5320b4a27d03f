/** The member of a JSON value at a path of names; `undefined` when there is none. */
export function readPath(value: unknown, names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    const isObject = typeof found === 'object' && found !== null && Object.hasOwn(found, name);
    found = isObject ? Reflect.get(Object(found), name) : undefined;
  }
  return found;
}
