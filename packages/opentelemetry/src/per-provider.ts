/**
 * Creates a value from the current provider at its first use, and again when the provider changes.
 *
 * The meters of the API, unlike its tracers, ignore an SDK that is registered after they were created.
 */
export function perProvider<P extends object, T>(current: () => P, make: (provider: P) => T): () => T {
  let made: { readonly from: P; readonly it: T } | undefined;
  return () => {
    const from = current();
    if (made?.from !== from) made = { from, it: make(from) };
    return made.it;
  };
}
