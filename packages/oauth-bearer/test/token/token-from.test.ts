import { virtualClock } from '@bearings/testing';
import '@bearings/testing/vitest';
import { Err, Ok } from 'ts-results';
import { expect, test } from 'vitest';
import { TokenHttpError, TokenUnavailableError } from '../../src/errors.ts';
import type { AcquireOptions, IssuedToken, RetryClass, TokenSource } from '../../src/sources/token-source.ts';
import { Token } from '../../src/token/token.ts';
import type { TokenOptions } from '../../src/token/token-options.ts';
import { recordEvents } from '../create-token.ts';

const hourMs = 3_600_000;

/** A source that follows a script, then repeats its last step, and records what it was asked with. */
function scripted(...steps: readonly (() => unknown)[]): TokenSource & { readonly asked: AcquireOptions[] } {
  const asked: AcquireOptions[] = [];
  const acquire = (options: AcquireOptions): ReturnType<TokenSource['acquire']> => {
    asked.push(options);
    return steps[Math.min(asked.length, steps.length) - 1]?.() as ReturnType<TokenSource['acquire']>;
  };
  return { acquire, asked };
}

const issue =
  (value: string, changes: Partial<IssuedToken> = {}) =>
  async () =>
    Ok({ value, lifetimeMs: hourMs, ...changes });
const fail = (kind?: 'transient' | 'permanent' | 'terminal') => async () =>
  Err(new TokenUnavailableError('the vault is sealed', kind && { kind }));

async function from(source: TokenSource, options: TokenOptions = {}): Promise<Token> {
  return (await Token.from(source, { random: () => 0, clock: virtualClock(), ...options })).unwrap();
}

test('a token of any source is acquired, renewed ahead and rotated', async () => {
  const clock = virtualClock();
  const source = scripted(issue('a', { scopes: ['x'] }), issue('b'), issue('c'));
  await using token = await from(source, { clock });
  const events = recordEvents(token);

  const first = token.read().unwrap();
  await clock.advance(hourMs / 2);
  const second = token.read().unwrap();
  const third = (await token.invalidate(second)).unwrap();

  expect([first, second, third].map((each) => each.authorization())).toEqual(['Bearer a', 'Bearer b', 'Bearer c']);
  expect(first.scopes).toEqual(['x']);
  expect(events.map(({ type }) => type)).toEqual(['renewed', 'invalidated', 'rotated']);
});

test('a source gets the signal, whether it is a probe, and the token held with its age', async () => {
  const clock = virtualClock();
  const source = scripted(issue('a'), fail(), issue('b'), issue('c'));
  await using token = await from(source, { clock });

  await clock.advance(hourMs / 2);
  await clock.advance(1_000);
  await token.invalidate();

  expect(source.asked.map(({ isProbe }) => isProbe)).toEqual([false, false, true, false]);
  expect(source.asked[0]?.held).toBeUndefined();
  expect(source.asked[1]?.held).toMatchObject({ ageMs: hourMs / 2, isRejected: false });
  expect(source.asked[2]?.held).toMatchObject({ ageMs: hourMs / 2 + 1_000, isRejected: false });
  expect(source.asked[3]?.held).toMatchObject({ ageMs: 0, isRejected: true });
  expect(source.asked[3]?.held?.access.authorization()).toBe('Bearer b');
  expect(source.asked[3]?.signal.aborted).toBe(false);
});

test('closing the token aborts the signal of its source', async () => {
  const source = scripted(() => new Promise(() => {}));
  const token = await from(source, { start: 'lazy' });

  const waiting = token.get();
  await token.close();

  expect((await waiting).unwrapErr().code).toBe('TOKEN_CLOSED');
  expect(source.asked[0]?.signal.aborted).toBe(true);
});

test('the life of a token counts from when it was requested, not from when it was adopted', async () => {
  const clock = virtualClock();
  const source = scripted(issue('adopted', { ageMs: hourMs - 60_000 }), issue('own'));
  await using token = await from(source, { clock, start: 'lazy' });

  const access = (await token.get()).unwrap();
  const { validForMs } = token.status();
  await clock.advance(9_999);
  const early = source.asked.length;
  await clock.advance(1);

  expect(access).toMatchObject({ issuedAt: clock.now() - 10_000 - hourMs + 60_000, scopes: [] });
  expect(access.expiresAt).toBe(clock.now() + 50_000);
  expect(validForMs).toBe(60_000);
  expect([early, source.asked.length]).toEqual([1, 2]);
});

test('a token with a scheme is written into its header in that way', async () => {
  await using token = await from(scripted(issue('s3cret', { scheme: 'Basic', username: 'u' })));

  expect(token.read().unwrap().authorization()).toBe(`Basic ${btoa('u:s3cret')}`);
});

const wrongAnswers: readonly (readonly [string, () => unknown])[] = [
  [
    'throws',
    () => {
      throw new Error('CANARY');
    },
  ],
  ['rejects', () => Promise.reject(new Error('CANARY'))],
  ['answers nothing', () => undefined],
  ['answers a string', () => 'CANARY'],
  ['answers null', async () => null],
  ['answers an empty Ok', async () => Ok(undefined)],
  ['answers with an error of another kind', async () => Err(new Error('CANARY'))],
  ['answers with a string as error', async () => Err('CANARY')],
  ['issues a token that is a number', async () => Ok({ value: 5, lifetimeMs: 1 })],
  ['issues a token with a line break', async () => Ok({ value: 'CANARY\n', lifetimeMs: 1 })],
  ['issues a token without a lifetime', async () => Ok({ value: 'CANARY' })],
  ['issues a token whose lifetime is NaN', async () => Ok({ value: 'CANARY', lifetimeMs: Number.NaN })],
  ['issues a token of a negative lifetime', async () => Ok({ value: 'CANARY', lifetimeMs: -1 })],
  ['issues a token of a negative age', async () => Ok({ value: 'CANARY', lifetimeMs: 1, ageMs: -1 })],
  ['issues a token with scopes in one string', async () => Ok({ value: 'CANARY', lifetimeMs: 1, scopes: 'a b' })],
  ['issues a token of an unknown scheme', async () => Ok({ value: 'CANARY', lifetimeMs: 1, scheme: 'bearer' })],
];

test.each(wrongAnswers)('a source that %s leaves no token, and is not quoted', async (_, step) => {
  const created = await Token.from(scripted(step), { clock: virtualClock() });

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_UNAVAILABLE', kind: 'transient' });
  expect(created.unwrapErr()).toHideSecrets(['CANARY']);
});

test('a source whose tokens expire at once leaves no token', async () => {
  const created = await Token.from(scripted(issue('a', { lifetimeMs: 0 })), { clock: virtualClock() });

  expect(created.unwrapErr()).toMatchObject({ code: 'INVALID_TOKEN_RESPONSE', kind: 'transient' });
  expect(created.unwrapErr().message).toContain('the token source issued a token whose lifetime is 0');
});

test.each(wrongAnswers)('a valid token stays in use while its source %s', async (_, step) => {
  const clock = virtualClock();
  await using token = await from(scripted(issue('a'), step), { clock, random: () => 0.5 });

  await clock.advance(hourMs - 1);

  expect(token.read().unwrap().authorization()).toBe('Bearer a');
});

test('a source that answers at once is as good as one that answers later', async () => {
  await using token = await from(scripted(() => Ok({ value: 'a', lifetimeMs: hourMs })));

  expect(token.read().isOk()).toBe(true);
});

test('a source that hangs is given up after acquireTimeoutMs, and named', async () => {
  const clock = virtualClock();
  const source: TokenSource = { ...scripted(() => new Promise(() => {})), name: 'the vault' };

  const created = Token.from(source, { clock, acquireTimeoutMs: 5_000 });
  await clock.advance(5_000);

  expect((await created).unwrapErr().message).toBe('No token: the vault gave none within 5000 ms');
});

test.each<[RetryClass, readonly string[]]>([
  ['safe', ['transient', 'transient']],
  ['once', ['transient', 'terminal']],
  ['never', ['terminal']],
])('after lost answers a source whose retry class is %s fails as %j', async (retry, kinds) => {
  const clock = virtualClock();
  const source: TokenSource = { ...scripted(() => new Promise(() => {})), retry };
  await using token = await from(source, { clock, start: 'lazy', acquireTimeoutMs: 1_000 });
  const seen: string[] = [];

  for (const _ of kinds) {
    const failed = token.get();
    await clock.advance(1_000);
    seen.push((await failed).unwrapErr().kind);
    await clock.advance(300_000);
  }

  expect(seen).toEqual(kinds);
});

test('after a terminal failure the source is not asked again', async () => {
  const clock = virtualClock();
  const source = scripted(issue('a'), fail('terminal'));
  await using token = await from(source, { clock });
  await clock.advance(hourMs / 2);

  await clock.advance(24 * hourMs);
  const later = await token.get();

  expect(later.unwrapErr()).toMatchObject({ kind: 'terminal', retryable: false, retryAt: Infinity });
  expect(source.asked).toHaveLength(2);
});

test('a token that is valid is used to its end after a terminal failure', async () => {
  const clock = virtualClock();
  await using token = await from(scripted(issue('a'), fail('terminal')), { clock });

  await clock.advance(hourMs - 1);
  const before = token.read();
  await clock.advance(1);

  expect(before.isOk()).toBe(true);
  expect(token.read().unwrapErr().kind).toBe('terminal');
});

test.each(['permanent', 'terminal'] as const)(
  'after a %s failure the source is asked at the next use once it has changed',
  async (kind) => {
    const clock = virtualClock();
    let isChanged = false;
    const source = { ...scripted(fail(kind), issue('b')), hasChanged: () => isChanged };
    await using token = await from(source, { clock, start: 'lazy' });
    await token.get();

    const unchanged = await token.get();
    isChanged = true;
    await clock.advance(1_000);
    const changed = await token.get();

    expect(unchanged.unwrapErr().kind).toBe(kind);
    expect(changed.unwrap().authorization()).toBe('Bearer b');
  },
);

test('a source is asked whether it has changed once per second, however many callers come', async () => {
  const clock = virtualClock();
  let asked = 0;
  const hasChanged = async (): Promise<boolean> => {
    asked += 1;
    return false;
  };
  await using token = await from({ ...scripted(fail('permanent')), hasChanged }, { clock, start: 'lazy' });
  await token.get();

  await Promise.all(Array.from({ length: 100 }, () => token.get()));
  await token.get();
  const atOnce = asked;
  await clock.advance(1_000);
  await token.get();

  expect([atOnce, asked]).toEqual([1, 2]);
});

test('a source is not asked whether it has changed after a transient failure', async () => {
  const hasChanged = (): boolean => true;
  const source = { ...scripted(fail()), hasChanged };
  await using token = await from(source, { start: 'lazy' });

  await token.get();
  await token.get();

  expect(source.asked).toHaveLength(1);
});

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('CANARY');
    },
  ],
  ['rejects', () => Promise.reject(new Error('CANARY'))],
  ['answers a string', () => 'true'],
  ['hangs', () => new Promise(() => {})],
])('a hasChanged that %s means no change', async (_, hasChanged) => {
  const clock = virtualClock();
  const source = { ...scripted(fail('permanent')), hasChanged: hasChanged as () => boolean };
  await using token = await from(source, { clock, start: 'lazy' });
  await token.get();

  const waiting = token.get();
  await clock.advance(1_000);

  expect((await waiting).unwrapErr().message).toBe('No token: the vault is sealed');
  expect(source.asked).toHaveLength(1);
});

test('a source that uses its own token waits for itself, and is given up in time', async () => {
  const clock = virtualClock();
  let token: Token | undefined;
  const source = scripted(() => token?.get());
  token = await from(source, { clock, start: 'lazy', acquireTimeoutMs: 1_000 });

  const waiting = token.get();
  await clock.advance(1_000);

  expect((await waiting).unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
  expect(source.asked).toHaveLength(1);
});

test('an error that is frozen does not end the engine', async () => {
  const error = Object.freeze(new TokenHttpError({ endpoint: 'https://as.test', status: 400 }));

  const created = await Token.from(
    scripted(async () => Err(error)),
    { clock: virtualClock() },
  );

  expect(created.unwrapErr()).toBe(error);
});

test('an eager start tries a source again after transient failures, within startWaitMs', async () => {
  const clock = virtualClock();
  const source = scripted(fail(), issue('a'));

  const created = Token.from(source, { clock, random: () => 0, startWaitMs: 5_000 });
  await clock.advance(5_000);

  expect((await created).isOk()).toBe(true);
  expect(source.asked).toHaveLength(2);
});

test.each([undefined, null, {}, { acquire: 5 }, () => {}])('%j is not a source', async (source) => {
  const created = await Token.from(source as unknown as TokenSource);

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'source' });
});

test('wrong options are refused before the source is asked', async () => {
  const source = scripted(issue('a'));

  const created = await Token.from(source, { refreshOffsetMs: -1 });

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'refreshOffsetMs' });
  expect(source.asked).toHaveLength(0);
});
