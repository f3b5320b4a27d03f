/** A server that is reached by its own `fetch`. */
interface FetchServer {
  readonly origin: string;
  readonly fetch: typeof globalThis.fetch;
}

/** Combines fake servers into one `fetch`. Each is reached at its origin; other origins are unreachable. */
export function combineFetch(first: FetchServer, ...others: readonly FetchServer[]): typeof globalThis.fetch {
  const servers = [first, ...others];
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const server = servers.find(({ origin }) => origin === url.origin) ?? first;
    return server.fetch(input, init);
  };
}
