/** The member of a JSON value at a path such as `data.user.id`; `undefined` when there is none. */
export function readPath(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    const isObject = typeof found === 'object' && found !== null && Object.hasOwn(found, name);
    found = isObject ? Reflect.get(Object(found), name) : undefined;
  }
  return found;
}
