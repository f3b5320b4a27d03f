/** What answers at one origin. */
interface Reachable {
  readonly origin: string;
  readonly fetch: typeof globalThis.fetch;
}

/** Fake servers as one network, for whatever takes a `fetch`: each answers at its origin, and there is nothing else. */
export function combineFetch(first: Reachable, ...others: readonly Reachable[]): typeof globalThis.fetch {
  const servers = [first, ...others];
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const server = servers.find(({ origin }) => origin === url.origin) ?? first;
    return server.fetch(input, init);
  };
}
