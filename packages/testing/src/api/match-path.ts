/** The parameters of a path, decoded; `undefined` for another path. */
export type MatchPath = (pathname: string) => Readonly<Record<string, string>> | undefined;

/**
 * Compiles the path of a route: `:name` stands for one segment, `*` for any text. A slash at the end does not matter.
 *
 * @throws TypeError when a name is there twice
 */
export function compilePath(path: string): MatchPath {
  const names: string[] = [];
  const pattern = path.replace(/\/$/, '').replaceAll(/:(\w+)|\*|[^\w/]/g, (found: string, name?: string) => {
    if (found === '*') return '.*';
    if (name === undefined) return `\\${found}`;
    if (names.includes(name)) throw new TypeError(`The route ${path} has the parameter ${name} twice`);
    names.push(name);
    return '([^/]+)';
  });
  const expression = new RegExp(`^${pattern}/?$`);
  return (pathname) => {
    const match = expression.exec(pathname);
    if (match === null) return undefined;
    return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]));
  };
}
