/** The readings of a child process: numbers by name. */
export type Readings<K extends string> = Readonly<Record<K, number>>;

/** Validates readings from another process. */
export function areReadings<K extends string>(value: unknown, names: readonly K[]): value is Readings<K> {
  if (typeof value !== 'object' || value === null) return false;
  const found = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => typeof found.get(name) === 'number');
}
