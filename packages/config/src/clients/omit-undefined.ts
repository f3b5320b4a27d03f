/** Fields that are set. */
export type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Removes fields that are undefined, because they would replace a default. */
export function omitUndefined<T extends object>(fields: T): Defined<T>;
export function omitUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
