/** The two servers of the tests as one `fetch`: id.internal issues at_1, at_2, …; orders.internal returns `answer`. */
export function createServers(): Servers {
  const provider: Provider = { seen: [], before: async () => {}, refuse: undefined };
  const orders: Orders = { seen: [], answer: async () => Response.json({ id: 42 }) };
  let issued = 0;
  const issue = async (request: Request): Promise<Response> => {
    provider.seen.push(request);
    await provider.before();
    if (provider.refuse !== undefined) return provider.refuse();
    issued += 1;
    return Response.json({ access_token: `at_${issued}`, token_type: 'Bearer', expires_in: 3600 });
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const { hostname } = new URL(request.url);
    if (hostname === 'id.internal') return issue(request);
    orders.seen.push(request);
    return orders.answer(request, orders.seen.length);
  };
  return { fetch, provider, orders };
}

export interface Servers {
  readonly fetch: typeof globalThis.fetch;
  readonly provider: Provider;
  readonly orders: Orders;
}

interface Provider {
  readonly seen: Request[];
  /** Awaited before each response. */
  before: () => Promise<void>;
  refuse: (() => Response) | undefined;
}

interface Orders {
  readonly seen: Request[];
  answer: (request: Request, attempt: number) => Promise<Response>;
}
