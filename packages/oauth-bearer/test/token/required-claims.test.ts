import { createClient } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { Err, Ok } from 'ts-results';
import { expect, test, vi } from 'vitest';
import { TokenUnavailableError } from '../../src/errors.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from '../../src/sources/token-source.ts';
import { Token } from '../../src/token/token.ts';

const claimsAt = (nbf: number): string => btoa(`{"access_token":{"nbf":{"essential":true,"value":"${nbf}"}}}`);
const claims = claimsAt(1);
const error = 'insufficient_claims';

interface ScriptedSource extends TokenSource {
  readonly asked: (string | undefined)[];
}

/** A source that answers as `answer` does; a token says by which attempt it came and which claims were asked for. */
function scriptedSource(answer: (attempt: number) => Promise<TokenUnavailableError | undefined>): ScriptedSource {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    acceptsClaims: true,
    async acquire({ claims: required }: AcquireOptions) {
      const attempt = asked.push(required);
      const failure = await answer(attempt);
      if (failure !== undefined) return Err(failure);
      return Ok<IssuedToken>({ value: `token-${attempt}-${required ?? 'none'}`, lifetimeMs: 3_600_000 });
    },
  };
}

/** A source whose token endpoint fails at every request that asks for claims. */
function refusingSource(kind: 'transient' | 'permanent', lifetimeMs = 60_000): ScriptedSource {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    acceptsClaims: true,
    async acquire({ claims: required }: AcquireOptions) {
      asked.push(required);
      if (required !== undefined) return Err(new TokenUnavailableError('the firewall answers with a page', { kind }));
      return Ok<IssuedToken>({ value: `token-${asked.length}`, lifetimeMs });
    },
  };
}

test.each(['transient', 'permanent'] as const)(
  'after a %s failure of an attempt with claims, the next attempt asks for none and brings the token of the others',
  async (kind) => {
    const clock = virtualClock();
    const source = refusingSource(kind);
    await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();

    await token.invalidate(undefined, { claims });
    await clock.advance(120_000);

    expect(source.asked.slice(0, 3)).toEqual([undefined, claims, undefined]);
    expect((await token.get()).isOk()).toBe(true);
  },
);

test('callers without a token do not wait for the pause after a server has refused claims', async () => {
  const clock = virtualClock();
  const source = refusingSource('permanent', 10_000);
  await using token = (await Token.from(source, { clock, start: 'lazy' })).unwrap();
  await token.get();
  clock.jumpWall(11_000);

  const claimed = await token.invalidate(undefined, { claims });

  expect(source.asked).toEqual([undefined, claims, undefined]);
  expect(claimed.unwrap().secret.expose()).toBe('token-3');
});

test('callers without a token wait for the pause after a transient failure with claims', async () => {
  const clock = virtualClock();
  const source = refusingSource('transient', 10_000);
  await using token = (await Token.from(source, { clock, start: 'lazy' })).unwrap();
  await token.get();
  clock.jumpWall(11_000);

  const claimed = await token.invalidate(undefined, { claims });

  expect(claimed.isErr()).toBe(true);
  expect(source.asked).toEqual([undefined, claims]);
});

test('a listener that closes the token as its claims are refused is followed by no attempt', async () => {
  const clock = virtualClock();
  const source = refusingSource('permanent', 10_000);
  const token = (await Token.from(source, { clock })).unwrap();
  token.subscribe(({ type }) => void (type === 'renewal-failed' && token.close()));
  clock.jumpWall(11_000);

  await token.invalidate(undefined, { claims });
  await clock.settle();

  expect(source.asked).toEqual([undefined, claims]);
});

test('a resource that goes on requiring claims that the server fails at does not take the token from the others', async () => {
  const clock = virtualClock();
  const source = refusingSource('transient', 30_000);
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();
  let expired = 0;
  token.subscribe(({ type }) => (expired += type === 'expired' ? 1 : 0));

  const answers: boolean[] = [];
  for (let quarter = 0; quarter < 1_200; quarter += 1) {
    void token.invalidate(undefined, { claims });
    await clock.advance(250);
    answers.push((await token.get()).isOk());
  }

  expect(answers.filter((isOk) => !isOk)).toEqual([]);
  expect(expired).toBe(0);
  expect(source.asked).toContain(claims);
  const isAskedTwice = source.asked.some((each, at) => each !== undefined && source.asked[at + 1] !== undefined);
  expect(isAskedTwice).toBe(false);
});

test('other claims that come while an attempt with claims is in flight are dropped with it when it fails', async () => {
  const clock = virtualClock();
  const second = Promise.withResolvers<TokenUnavailableError>();
  const source = scriptedSource(async (attempt) => (attempt === 2 ? second.promise : undefined));
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();

  const rotated = token.invalidate(undefined, { claims });
  void token.invalidate(undefined, { claims: claimsAt(2) });
  second.resolve(new TokenUnavailableError('the firewall answers with a page'));
  await rotated;
  await clock.advance(60_000);

  expect(source.asked).toEqual([undefined, claims, undefined]);
});

test('claims are asked for again once a token has come without them', async () => {
  const clock = virtualClock();
  const source = scriptedSource(async (attempt) =>
    attempt === 2 ? new TokenUnavailableError('the vault is sealed') : undefined,
  );
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();

  await token.invalidate(undefined, { claims });
  await clock.advance(60_000);
  const answer = await token.invalidate(undefined, { claims });

  expect(source.asked).toEqual([undefined, claims, undefined, claims]);
  expect(answer.unwrap().secret.expose()).toBe(`token-4-${claims}`);
});

test('an attempt without claims that fails does not drop those that were required meanwhile', async () => {
  const clock = virtualClock();
  const second = Promise.withResolvers<TokenUnavailableError>();
  const source = scriptedSource(async (attempt) => (attempt === 2 ? second.promise : undefined));
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();

  void token.invalidate();
  const claimed = token.invalidate(undefined, { claims });
  second.resolve(new TokenUnavailableError('the vault is sealed'));
  await claimed;
  await clock.advance(60_000);

  expect(source.asked).toEqual([undefined, undefined, claims]);
});

test('claims that are required after a failure of an attempt without claims are asked for by the next', async () => {
  const clock = virtualClock();
  const source = scriptedSource(async (attempt) =>
    attempt === 2 ? new TokenUnavailableError('the vault is sealed') : undefined,
  );
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();

  await token.invalidate();
  await token.invalidate(undefined, { claims });
  await clock.advance(60_000);

  expect(source.asked).toEqual([undefined, undefined, claims]);
});

test('an attempt with claims whose answer never comes is followed by one without, where requests end early', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
  const clock = virtualClock();
  const never = new Promise<never>(() => {});
  const source = scriptedSource(async (attempt) => (attempt === 2 ? never : undefined));
  await using token = (await Token.from(source, { clock })).unwrap();

  void token.invalidate(undefined, { claims });
  await clock.advance(3_001);
  const answer = await token.get();

  expect(source.asked).toEqual([undefined, claims, undefined]);
  expect(answer.unwrap().secret.expose()).toBe('token-3-none');
});

test('a token whose acquisition began before its claims were required is used, and one with them follows', async () => {
  const clock = virtualClock();
  const second = Promise.withResolvers<undefined>();
  const third = Promise.withResolvers<undefined>();
  const source = scriptedSource(async (attempt) => [undefined, undefined, second.promise, third.promise][attempt]);
  await using token = (await Token.from(source, { clock })).unwrap();

  const rotated = token.invalidate();
  const claimed = token.invalidate(undefined, { claims });
  second.resolve(undefined);

  expect((await rotated).unwrap().secret.expose()).toBe('token-2-none');
  expect((await claimed).unwrap().secret.expose()).toBe('token-2-none');
  expect(token.read().unwrap().secret.expose()).toBe('token-2-none');
  third.resolve(undefined);
  await clock.settle();
  expect(token.read().unwrap().secret.expose()).toBe(`token-3-${claims}`);
  expect(source.asked).toEqual([undefined, undefined, claims]);
});

test('a call that waits for such a token succeeds with the one that follows', async () => {
  const clock = virtualClock();
  const second = Promise.withResolvers<undefined>();
  const source = scriptedSource(async (attempt) => (attempt === 2 ? second.promise : undefined));
  await using token = (await Token.from(source, { clock })).unwrap();
  const sent: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const given = new Request(input, init).headers.get('authorization');
    sent.push(given);
    const challenge = `Bearer error="${error}", claims="${claims}"`;
    return new Response('', given?.endsWith(claims) ? {} : { status: 401, headers: { 'www-authenticate': challenge } });
  };
  const api = createClient({ baseUrl: 'https://api.test', fetch, retry: 0, clock }, withBearerAuth(token));

  void token.invalidate();
  await clock.advance(500);
  const call = api.fetch('/me');
  await clock.advance(1_000);
  second.resolve(undefined);

  expect((await call).status).toBe(200);
  expect(sent.at(-1)).toBe(`Bearer token-3-${claims}`);
});

test('claims that differ in every response do not keep a slow token endpoint from bringing a token', async () => {
  const clock = virtualClock();
  const source = scriptedSource(async (attempt) => {
    if (attempt > 1) await new Promise<void>((resolve) => clock.schedule(1_500, resolve));
    return undefined;
  });
  await using token = (await Token.from(source, { clock })).unwrap();

  for (let count = 0; count < 100; count += 1) {
    void token.invalidate(undefined, { claims: claimsAt(count) });
    await clock.advance(100);
  }

  const brought = token.status().generation;
  expect(brought).toBeGreaterThan(2);
  expect(source.asked.length - brought).toBeLessThanOrEqual(1);
});

test('one attempt follows for claims that were required meanwhile, and none follows that one', async () => {
  const clock = virtualClock();
  const answers = Array.from({ length: 8 }, () => Promise.withResolvers<undefined>());
  const source = scriptedSource(async (attempt) => (attempt === 1 ? undefined : answers[attempt]?.promise));
  await using token = (await Token.from(source, { clock, minRefreshPeriodMs: 0 })).unwrap();

  void token.invalidate(undefined, { claims });
  void token.invalidate(undefined, { claims: claimsAt(2) });
  answers[2]?.resolve(undefined);
  await clock.settle();
  void token.invalidate(undefined, { claims: claimsAt(3) });
  answers[3]?.resolve(undefined);
  await clock.settle();

  expect(source.asked).toEqual([undefined, claims, claimsAt(2)]);
});

test('a follow-up takes its turn in the limit of rotations', async () => {
  const clock = virtualClock();
  let current = Promise.withResolvers<undefined>();
  const source = scriptedSource(async (attempt) => (attempt === 1 ? undefined : current.promise));
  await using token = (await Token.from(source, { clock })).unwrap();

  for (let count = 0; count < 6; count += 1) {
    current = Promise.withResolvers<undefined>();
    void token.invalidate(undefined, { claims: claimsAt(2 * count) });
    void token.invalidate(undefined, { claims: claimsAt(2 * count + 1) });
    current.resolve(undefined);
    await clock.settle();
  }

  expect(source.asked).toHaveLength(1 + 3);
});

test('a listener that closes the token as it comes is followed by no attempt', async () => {
  const clock = virtualClock();
  const second = Promise.withResolvers<undefined>();
  const source = scriptedSource(async (attempt) => (attempt === 2 ? second.promise : undefined));
  const token = (await Token.from(source, { clock })).unwrap();
  token.subscribe(({ type }) => void (type === 'rotated' && token.close()));

  void token.invalidate();
  void token.invalidate(undefined, { claims });
  second.resolve(undefined);
  await clock.settle();

  expect(source.asked).toEqual([undefined, undefined]);
});

test('a follow-up that fails leaves the token in use', async () => {
  const clock = virtualClock();
  const second = Promise.withResolvers<undefined>();
  const source = scriptedSource(async (attempt) => {
    if (attempt === 2) return second.promise;
    return attempt === 3 ? new TokenUnavailableError('the firewall answers with a page') : undefined;
  });
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();

  void token.invalidate();
  void token.invalidate(undefined, { claims });
  second.resolve(undefined);
  await clock.settle();

  expect(source.asked).toEqual([undefined, undefined, claims]);
  expect(token.read().unwrap().secret.expose()).toBe('token-2-none');
  await clock.advance(60_000);
  expect(source.asked).toEqual([undefined, undefined, claims, undefined]);
});

test('a valid token is rotated for another resource at once, each time that the server has just refused claims', async () => {
  const clock = virtualClock();
  const source = refusingSource('permanent', 3_600_000);
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();
  const others: string[] = [];

  const rounds = [claims, btoa(atob(claims).replace('"1"', '"2"'))];

  for (const required of rounds) {
    const held = token.read().unwrap();
    await token.invalidate(held, { claims: required, error });
    await clock.settle();
    others.push((await token.invalidate(held)).unwrap().secret.expose());
  }

  expect(source.asked).toEqual([undefined, claims, undefined, rounds[1], undefined]);
  expect(others).toEqual(['token-3', 'token-5']);
});
