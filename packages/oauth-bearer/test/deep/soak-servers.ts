import { fakeApi, fakeIssuer, faults } from '@bearings/testing';
import type { LoggedRequest } from '@bearings/testing';

/** What can go wrong for a while: how it begins, and how it ends. */
interface Trouble {
  readonly begin: () => unknown;
  readonly end?: () => unknown;
}

/** What the servers have seen so far. */
export interface Seen {
  readonly tokenRequests: number;
  readonly apiRequests: number;
  /** Requests of the API that came without a token. */
  readonly bare: number;
}

/** Where the servers are, once they listen. */
export interface Addresses {
  readonly issuerUrl: string;
  readonly tokenEndpoint: string;
  readonly api: string;
}

/** What the soak asks of the servers. */
export interface Order {
  readonly number: number;
  readonly what: 'begin' | 'end' | 'seen';
  readonly trouble?: string;
}

// A process of its own: what the servers remember does not count as the client's memory.
const issuer = await fakeIssuer({ tokenLifetimeMs: 4_000 }).listen();
const api = await fakeApi(issuer).listen();

const lift = (): void => {
  issuer.clearFaults();
  api.clearFaults();
};

const troubles: Readonly<Record<string, Trouble>> = {
  'issuer busy': { begin: () => issuer.inject(faults.status(503)), end: lift },
  'issuer busy and polite': {
    begin: () => issuer.inject(faults.status(503, { headers: { 'retry-after': '1' } })),
    end: lift,
  },
  'issuer silent': { begin: () => issuer.inject(faults.hang()), end: lift },
  'issuer resets': { begin: () => issuer.inject(faults.reset()), end: lift },
  'issuer breaks off': { begin: () => issuer.inject(faults.truncate(10)), end: lift },
  'issuer talks nonsense': { begin: () => issuer.inject(faults.contentType('text/html')), end: lift },
  'issuer gone': { begin: () => issuer.close(), end: () => issuer.listen() },
  'tokens revoked': { begin: () => issuer.revoke() },
  'keys rotated': { begin: () => issuer.rotateKeys() },
  'tokens revoked early': { begin: () => issuer.inject(faults.earlyRevocation(300)), end: lift },
  'api busy': { begin: () => api.inject(faults.status(503)), end: lift },
  'api silent': { begin: () => api.inject(faults.hang()), end: lift },
  'api resets': { begin: () => api.inject(faults.reset()), end: lift },
  'api gone': { begin: () => api.close(), end: () => api.listen() },
};

const total = { tokenRequests: 0, apiRequests: 0, bare: 0 };

/** Counts what was logged, and forgets it. */
function count(): Seen {
  const asked = (issuer.requests as LoggedRequest[]).splice(0);
  const called = (api.requests as LoggedRequest[]).splice(0);
  total.tokenRequests += asked.filter(({ endpoint }) => endpoint === 'token').length;
  total.apiRequests += called.length;
  total.bare += called.filter((request) => request.header('authorization') === undefined).length;
  return { ...total };
}

async function obey({ number, what, trouble = '' }: Order): Promise<void> {
  if (what === 'begin') await troubles[trouble]?.begin();
  if (what === 'end') await troubles[trouble]?.end?.();
  process.send?.({ number, seen: count() });
}

setInterval(count, 1_000);
process.on('message', (order: Order) => void obey(order)); // what fails ends the process, and the soak with it
const { issuerUrl, tokenEndpoint } = issuer;
process.send?.({ issuerUrl, tokenEndpoint, api: api.origin } satisfies Addresses);
