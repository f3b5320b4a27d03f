import { ConfigError } from '@bearings/client/errors';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { caught } from '../../../client/test/caught.ts';
import { staticToken } from '../../src/sources/static-token.ts';
import type { StaticTokenOptions } from '../../src/sources/static-token.ts';
import { SecretString } from '../../src/secret-string.ts';
import type { TokenHandle } from '../../src/token/token-handle.ts';
import { canary } from '../fake-issuer.ts';

test.each(['at_CANARY_1', new SecretString('at_CANARY_1')])('a static token never changes', async (given) => {
  const token = staticToken(given);

  const answers = [token.read(), await token.get(), await token.invalidate()];

  expect(answers.map((each) => each.unwrap().authorization())).toEqual(Array(3).fill('Bearer at_CANARY_1'));
  expect(token.read().unwrap().expiresAt).toBe(Infinity);
});

test.each(['', 'CANARY x', 'CANARY\n', 'CANARY_é'])('%j cannot be a token', async (given) => {
  const error = await caught(() => staticToken(given));

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'secret' });
  expect(error).toHideSecrets(canary);
});

test('a closed static token answers CLOSED', async () => {
  const token = staticToken('at_CANARY_1');

  await token.close();

  expect(token.read().unwrapErr().code).toBe('TOKEN_CLOSED');
  expect(token.status().state).toBe('closed');
});

test('a static token does not print itself', () => {
  const token = staticToken('at_CANARY_1');

  expect(token).toHideSecrets(canary);
  expect(token.read()).toHideSecrets(canary);
  expect(token.status()).toMatchObject({ state: 'fresh', expiresAt: undefined, renewsAt: undefined });
});

const readHeader = (token: TokenHandle): string => token.read().unwrap().authorization();

test('a password is written with its user as RFC 7617 says, in UTF-8', () => {
  const token = staticToken('test£CANARY:é', { scheme: 'Basic', username: 'jörg' });

  expect(readHeader(token)).toBe(`Basic ${Buffer.from('jörg:test£CANARY:é', 'utf8').toString('base64')}`);
  expect(token).toHideSecrets('test£CANARY:é');
});

test('an API key is written as it is', () => {
  expect(readHeader(staticToken('ApiKey k_CANARY_1', { scheme: 'none' }))).toBe('ApiKey k_CANARY_1');
});

test.each<[StaticTokenOptions, string, string]>([
  [{ scheme: 'Basic', username: 'a:b' }, 'CANARY', 'username'],
  [{ scheme: 'Basic', username: '' }, 'CANARY', 'username'],
  [{ scheme: 'Basic', username: 'a\nb' }, 'CANARY', 'username'],
  [{ scheme: 'Basic', username: 'a' }, '', 'secret'],
  [{ scheme: 'Basic', username: 'a' }, 'CANARY\r\nx: y', 'secret'],
  [{ scheme: 'Basic', username: 'a' }, 'CANARY\ud800', 'secret'],
  [{ scheme: 'none' }, ' CANARY', 'secret'],
  [{ scheme: 'none' }, 'CANARY\nx: y', 'secret'],
  [{ scheme: 'none' }, 'CANARY é', 'secret'],
  [{ scheme: 'basic' as 'none' }, 'CANARY', 'scheme'],
])('%j with %j is refused, and not shown', async (options, secret, field) => {
  const error = await caught(() => staticToken(secret, options));

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field });
  expect(error).toHideSecrets(canary);
});

/** A store of which each question takes the next answer, and the last one for good. */
function store(...answers: readonly (string | Error)[]): { asked: number; ask: () => Promise<string> } {
  const kept = {
    asked: 0,
    ask: async () => {
      const answer = answers[Math.min(kept.asked, answers.length - 1)] ?? '';
      kept.asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return kept;
}

test('a function is called once, at the first use, for any number of callers', async () => {
  const keys = store('k_CANARY_1');
  const token = staticToken(keys.ask);
  const before = [token.read().isErr(), token.status().state];

  const answers = await Promise.all([token.get(), token.get(), token.invalidate()]);

  expect(before).toEqual([true, 'none']);
  expect(answers.map((each) => each.unwrap().authorization())).toEqual(Array(3).fill('Bearer k_CANARY_1'));
  expect([keys.asked, token.status().state]).toEqual([1, 'fresh']);
});

test('a rejected secret is read again, once for all its callers', async () => {
  const keys = store('k_CANARY_1', 'k_CANARY_2');
  const token = staticToken(keys.ask);
  const old = (await token.get()).unwrap();

  const rotation = token.invalidate(old);
  const meanwhile = token.read();
  const answers = [await rotation, await token.invalidate(old), token.read()];

  expect(meanwhile.isErr()).toBe(true);
  expect(answers.map((each) => each.unwrap().authorization())).toEqual(Array(3).fill('Bearer k_CANARY_2'));
  expect([keys.asked, token.status().generation]).toEqual([2, 2]);
});

test('many rejections cause one read per second', async () => {
  const clock = virtualClock();
  const keys = store('k_CANARY_1');
  const token = staticToken(keys.ask, { clock });
  const only = (await token.get()).unwrap();

  for (let rejections = 0; rejections < 20; rejections += 1) await token.invalidate(only);
  const during = keys.asked;
  await clock.advance(1_000);
  await token.invalidate(only);

  expect([during, keys.asked]).toEqual([2, 3]);
  expect(token.read().unwrap()).toBe(only);
});

test('a function that fails is called again, but not by every caller, and its error is not shown', async () => {
  const clock = virtualClock();
  const keys = store(new Error('vault said CANARY'), 'k_CANARY_2');
  const token = staticToken(keys.ask, { clock });

  const failures = [await token.get(), await token.get()];
  await clock.advance(1_000);
  const later = await token.get();

  expect(failures.map((each) => each.unwrapErr().code)).toEqual(['TOKEN_UNAVAILABLE', 'TOKEN_UNAVAILABLE']);
  expect(failures[0]).toHideSecrets(canary);
  expect(later.isOk()).toBe(true);
  expect(keys.asked).toBe(2);
});

test('an error of Bearings keeps its message, because it contains no secret', async () => {
  const token = staticToken(store(new ConfigError('file', 'The file /run/key is gone')).ask);

  expect((await token.get()).unwrapErr().message).toBe('No token: The file /run/key is gone');
});

test('what a function returns is checked as well', async () => {
  const token = staticToken(store('CANARY\n').ask);

  const failure = (await token.get()).unwrapErr();

  expect(failure).toMatchObject({ code: 'TOKEN_CONFIG', field: 'secret' });
  expect(failure).toHideSecrets(canary);
});

test('a function that does not answer is given up after 30 s', async () => {
  const clock = virtualClock();
  const token = staticToken(() => new Promise(() => {}), { clock });

  const waiting = token.get();
  await clock.advance(30_000);

  expect((await waiting).unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
});

test("a caller's abort ends its own wait only", async () => {
  let give: (secret: string) => void = () => {};
  const token = staticToken(() => new Promise<string>((resolve) => (give = resolve)));

  const gone = token.get({ signal: AbortSignal.abort(new Error('left')) });
  const leaving = new AbortController();
  const left = token.get({ signal: leaving.signal });
  const stays = token.get();
  leaving.abort(new Error('left'));
  give('k_CANARY_1');

  await expect(gone).rejects.toThrow('left');
  await expect(left).rejects.toThrow('left');
  expect((await stays).isOk()).toBe(true);
});

test('closing ends the wait for a secret', async () => {
  const token = staticToken(() => new Promise(() => {}));
  const waiting = token.get();

  await token.close();

  expect((await waiting).unwrapErr().code).toBe('TOKEN_CLOSED');
  expect((await token.get()).unwrapErr().code).toBe('TOKEN_CLOSED');
  expect((await token.invalidate()).unwrapErr().code).toBe('TOKEN_CLOSED');
});

test('when the function fails after a 401, the secret stays in use: other resources may accept it', async () => {
  let isDown = false;
  const token = staticToken(() => {
    if (isDown) throw new Error('the store is down');
    return 'k-1';
  });
  const first = (await token.get()).unwrap();

  isDown = true;
  const answer = await token.invalidate(first);

  expect(answer.unwrap().isSameAs(first)).toBe(true);
  expect(token.read().isOk()).toBe(true);
});
