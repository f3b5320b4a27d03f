import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createClient,
  deadlineOf,
  withContextHeaders,
  withDeadlineHeader,
  withHedging,
  withRateLimit,
} from '@bearings/client';
import type { Deadline } from '@bearings/client';

interface Incoming {
  readonly id: string;
  readonly deadline: Deadline | undefined;
}
const requests = new AsyncLocalStorage<Incoming>();

const catalog = createClient(
  { baseUrl: 'https://catalog.internal', concurrency: { adaptive: true } },
  withHedging({ afterMs: 80 }), // the 95th percentile of the catalog
  withRateLimit({ limit: 50, perMs: 1_000 }),
  withDeadlineHeader(),
  withContextHeaders(() => ({ 'x-request-id': requests.getStore()?.id })),
);

/** Answers one request of a caller, in the time that the caller waits. */
async function handle(request: Request): Promise<Response> {
  const incoming = { id: request.headers.get('x-request-id') ?? crypto.randomUUID(), deadline: deadlineOf(request) };
  return requests.run(incoming, async () => {
    const totalTimeout = incoming.deadline?.remainingMs() ?? 10_000;
    return Response.json(await catalog.get('v1/items', { totalTimeout }).json());
  });
}

console.log(
  (await handle(new Request('https://shop.internal/items', { headers: { 'request-timeout-ms': '2000' } }))).status,
);
