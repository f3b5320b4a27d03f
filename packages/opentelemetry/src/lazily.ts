/**
 * Makes something of a provider at its first use, and anew when there is another provider.
 *
 * The API's meters, unlike its tracers, do not notice an SDK that is registered after they were made.
 */
export function lazily<P extends object, T>(current: () => P, make: (provider: P) => T): () => T {
  let made: { readonly from: P; readonly it: T } | undefined;
  return () => {
    const from = current();
    if (made?.from !== from) made = { from, it: make(from) };
    return made.it;
  };
}
