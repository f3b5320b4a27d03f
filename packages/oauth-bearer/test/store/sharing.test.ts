import { isBearingsError } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { memoryTokenStore } from '../../src/store/memory-token-store.ts';
import type { StoreAnswer, StoreOffer, TokenStore } from '../../src/store/token-store.ts';
import { fetchToken } from '../../src/token/fetch-token.ts';
import { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { TokenPool } from '../../src/token/token-pool.ts';
import { recordEvents } from '../create-token.ts';
import { canary, clientSecret, configFor, fakeIssuer, grant } from '../fake-issuer.ts';
import type { FakeIssuer } from '../fake-issuer.ts';

const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const storeKeys = { current: 'k1', keys: { k1: key(1) } };

async function start(issuer: FakeIssuer, config: Partial<TokenConfig>): Promise<Token> {
  return (await Token.create(configFor(issuer, { storeKeys, ...config }))).unwrap();
}

const shown = (token: Token): string => token.read().unwrap().secret.expose();

/** A store that records what it is given, and whose answers can be replaced. */
function recorded(): TokenStore & {
  readonly offers: StoreOffer[];
  readonly calls: unknown[][];
  answer: StoreAnswer | undefined;
} {
  const store = memoryTokenStore();
  const seen = { offers: [] as StoreOffer[], calls: [] as unknown[][], answer: undefined as StoreAnswer | undefined };
  const self = Object.assign(seen, {
    ask: async (...args: Parameters<TokenStore['ask']>) => {
      self.calls.push(args);
      return self.answer ?? store.ask(...args);
    },
    put: async (...args: Parameters<TokenStore['put']>) => {
      self.calls.push(args);
      self.offers.push(args[1]);
      return store.put(...args);
    },
    release: async (...args: Parameters<TokenStore['release']>) => store.release(...args),
  });
  return self;
}

type StoredEntry = Extract<StoreAnswer, { readonly kind: 'entry' }>;

test('two tokens with the same config and store share one token request', async () => {
  const issuer = fakeIssuer();
  const store = memoryTokenStore();

  await using first = await start(issuer, { store });
  await using second = await start(issuer, { store });

  expect(shown(second)).toBe(shown(first));
  expect(issuer.asked).toHaveLength(1);
});

test('a token fetched once comes from the store as well', async () => {
  const issuer = fakeIssuer();
  const store = memoryTokenStore();
  const config = configFor(issuer, { store, storeKeys });

  await fetchToken(config);
  await fetchToken(config);

  expect(issuer.asked).toHaveLength(1);
});

test('a pool for 100 tenants over a store makes one request for each, in two processes', async () => {
  const issuer = fakeIssuer();
  const store = memoryTokenStore();
  const config = (tenant: string): TokenConfig => configFor(issuer, { store, storeKeys, clientId: tenant });
  const pools = [TokenPool.create(config).unwrap(), TokenPool.create(config).unwrap()];

  for (const pool of pools) {
    for (let tenant = 0; tenant < 100; tenant += 1)
      await pool
        .for({ tenant: `t${tenant}` })
        .unwrap()
        .get();
  }

  expect(issuer.asked).toHaveLength(100);
});

test('the tokens of a pool notice together that their store is away', async () => {
  const issuer = fakeIssuer();
  let calls = 0;
  const fail = async (): Promise<never> => {
    calls += 1;
    throw new Error('connection refused');
  };
  const store = { ask: fail, put: fail, release: fail };
  const config = (tenant: string): TokenConfig =>
    configFor(issuer, { store, storeKeys, clientId: tenant, clock: virtualClock() });
  const pool = TokenPool.create(config).unwrap();

  const acquired = Array.from({ length: 50 }, async (_, tenant) =>
    pool
      .for({ tenant: `${tenant}` })
      .unwrap()
      .get(),
  );
  const tokens = await Promise.all(acquired);

  expect(tokens.filter((token) => token.isErr())).toEqual([]);
  expect(calls).toBeLessThanOrEqual(50);
});

test.each<[string, Partial<TokenConfig>]>([
  ['client id', { clientId: 'other' }],
  ['token endpoint', { tokenEndpoint: 'https://as.example/other' }],
  ['scopes', { scopes: ['a', 'b', 'c'] }],
  ['audience', { audience: 'https://api.example' }],
  ['resource', { resource: 'https://api.example' }],
  ['further parameters', { extraParams: { tenant: 'x' } }],
  ['further headers', { extraHeaders: { 'x-tenant': 'x' } }],
  ['client authentication', { clientAuthMethod: 'client_secret_post' }],
  ['token types', { bearerTokenTypes: ['BearerToken'] }],
])('configs that differ in the %s do not share a token', async (_, changes) => {
  const issuer = fakeIssuer();
  const store = recorded();

  await start(issuer, { store, scopes: ['a', 'b'] });
  await Token.create(configFor(issuer, { storeKeys, store, scopes: ['a', 'b'], ...changes }));

  expect(new Set(store.calls.map(([name]) => name)).size).toBe(2);
});

test('configs that differ in the order of scopes, or in the secret, share a token', async () => {
  const issuer = fakeIssuer();
  const store = memoryTokenStore();

  await start(issuer, { store, scopes: ['a', 'b'] });
  await start(issuer, { store, scopes: ['b', 'a', 'b'], clientSecret: ['new', clientSecret] });

  expect(issuer.asked).toHaveLength(1);
});

test('a store gets no token, secret, client id or scope', async () => {
  const issuer = fakeIssuer();
  const store = recorded();

  await start(issuer, { store, clientId: 'client_CANARY', scopes: ['scope_CANARY'] });

  expect(store.offers).toHaveLength(1);
  expect(JSON.stringify(store.calls)).not.toContain(canary);
});

test.each<[string, Partial<StoredEntry>]>([
  ['has a flipped bit', { sealed: 'flip' }],
  ['was moved from another key', { id: 'other' }],
  ['is older than it can live', { ageMs: 10 * 3_600_000 }],
  ['is 10 MB long', { sealed: `k1.${'A'.repeat(10_000_000)}` }],
  ['is no text of a seal', { sealed: '\u0000' }],
])('an entry that %s is not used: a token of its own, one event, and nothing is overwritten', async (_, change) => {
  const issuer = fakeIssuer();
  const store = recorded();
  await using first = await start(issuer, { store });
  const [offer] = store.offers;
  const flipped = `${offer?.sealed.slice(0, -8)}${offer?.sealed.at(-8) === 'A' ? 'B' : 'A'}${offer?.sealed.slice(-7)}`;
  const entry = { kind: 'entry', id: offer?.id ?? '', sealed: offer?.sealed ?? '', ageMs: 0, ...change } as const;
  store.answer = { ...entry, ...(entry.sealed === 'flip' && { sealed: flipped }) };
  await using second = await start(issuer, { store, start: 'lazy' });
  const events = recordEvents(second);

  await second.get();

  expect(shown(second)).not.toBe(shown(first));
  expect(store.offers).toHaveLength(1);
  expect(events.flatMap((event) => (event.type === 'store' ? [event.outcome] : []))).toEqual(['unreadable']);
});

test('an old entry that is put back after its end is not used', async () => {
  const issuer = fakeIssuer();
  const store = recorded();
  const clock = virtualClock();
  await start(issuer, { store, clock });
  const [offer] = store.offers;
  store.answer = { kind: 'entry', id: offer?.id ?? '', sealed: offer?.sealed ?? '', ageMs: 0 };
  await clock.advance(5 * 3_600_000);

  await using second = await start(issuer, { store, clock });

  expect(shown(second)).toMatch(/_(?:[2-9]|\d\d)$/);
});

test('two groups with different keys do not read or overwrite each other, also when the keys have the same name', async () => {
  const issuer = fakeIssuer();
  const store = memoryTokenStore();
  const other = { current: 'k1', keys: { k1: key(2) } };
  await using first = await start(issuer, { store });
  await using foreign = await start(issuer, { store, storeKeys: other, start: 'lazy' });
  const events = recordEvents(foreign);

  await foreign.get();
  await using third = await start(issuer, { store });

  expect(shown(third)).toBe(shown(first));
  expect(shown(foreign)).not.toBe(shown(first));
  expect(events.flatMap((event) => (event.type === 'store' ? [event.outcome] : []))).toEqual(['foreign']);
});

test('a new sealing key comes into use in three steps without another token request', async () => {
  const issuer = fakeIssuer();
  const store = memoryTokenStore();
  const keys = { k1: key(1), k2: key(2) };
  const steps = [
    { current: 'k1', keys: { k1: key(1) } },
    { current: 'k1', keys },
    { current: 'k2', keys },
    { current: 'k2', keys: { k2: key(2) } },
  ];
  const fleet = await Promise.all([1, 2, 3, 4, 5, 6].map(() => start(issuer, { store, storeKeys: steps[0] })));
  for (const step of steps.slice(1)) {
    for (let index = 0; index < fleet.length; index += 1) {
      await fleet[index]?.close();
      fleet[index] = await start(issuer, { store, storeKeys: step, start: 'lazy' });
      await fleet[index]?.get();
    }
    if (step.current === 'k2') await fleet[0]?.invalidate(); // an entry with the new key
  }

  const rotations = 2;
  expect(issuer.asked.length - 1 - rotations).toBeLessThanOrEqual(1);
  await Promise.all(fleet.map((token) => token.close()));
});

test('wall clocks that are an hour apart do not change for how long a token is used', async () => {
  const issuer = fakeIssuer();
  const clocks = [0, -3_600_000, 3_600_000].map((skewMs) =>
    virtualClock({ startAt: Date.UTC(2026, 10, 6, 12) + skewMs }),
  );
  const store = memoryTokenStore({ clock: clocks[0] ?? virtualClock() });
  issuer.willAnswer(grant('at_CANARY_short', { expires_in: 600 }));

  const tokens = [];
  for (const clock of clocks) tokens.push(await start(issuer, { store, clock }));
  const lives = tokens.map((token) => token.status().validForMs);

  expect(issuer.asked).toHaveLength(1);
  expect(lives).toEqual([600_000, 600_000, 600_000]);
  await Promise.all(tokens.map((token) => token.close()));
});

test.each<[string, object]>([
  ['store needs storeKeys', { store: memoryTokenStore() }],
  ['storeKeys needs store', { storeKeys }],
  ['store must be a store', { store: 'redis://127.0.0.1', storeKeys }],
  [
    'storeKeys.keys.k1 must be 32 random bytes',
    { store: memoryTokenStore(), storeKeys: { current: 'k1', keys: { k1: key(1).slice(1) } } },
  ],
  ['storeKeys.current names no key', { store: memoryTokenStore(), storeKeys: { current: 'k2', keys: { k1: key(1) } } }],
  ['storeKeys must be { current', { store: memoryTokenStore(), storeKeys: 'secret_CANARY' }],
])('a wrong setting is a clear error: %s', async (message, changes) => {
  const made = await Token.create(configFor(fakeIssuer(), changes));

  const error: unknown = made.isErr() ? made.error : undefined;
  expect(isBearingsError(error, 'TOKEN_CONFIG') && error.message).toContain(message);
  expect(String(error)).not.toContain(canary);
});

test('a key whose function fails costs the sharing, not the token', async () => {
  const issuer = fakeIssuer();
  const keys = { current: 'k1', keys: { k1: () => Promise.reject(new Error('vault_CANARY')) } };

  await using token = await start(issuer, { store: memoryTokenStore(), storeKeys: keys });

  expect(shown(token)).toBe('at_CANARY_1');
});
