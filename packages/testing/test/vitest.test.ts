import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import '../src/vitest.ts';
import { secretsShownBy } from '../src/hide-secrets.ts';

const secret = 'cs_CANARY 9f3a';
const token = 'at_CANARY_1';

/** What a failing assertion throws. */
function failureOf(assertion: () => void): Error {
  try {
    assertion();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

test('what hides its secrets passes, an error as well as a text', () => {
  expect(new Error('refused', { cause: new Error('401') })).toHideSecrets([secret, token]);
  expect('GET /v1/orders/42 401').toHideSecrets(token);
  expect(undefined).toHideSecrets(token);
});

test('what shows one of them fails, and says which, in what form and where', () => {
  const error = new Error(`user joe, ${encodeURIComponent(secret)}`, { cause: `Basic ${btoa(`id:${token}`)}!` });

  const { message } = failureOf(() => expect(error).toHideSecrets([token, secret]));

  expect(message).toContain('expected no secret to show, but these do:\n');
  expect(message).toContain('  secrets[1] (14 characters), percent-encoded, at message: user joe, █\n');
  expect(message).toContain('  secrets[0] (11 characters), base64, at cause: Basic █!\n');
});

test('what is to show a secret fails when it does not', () => {
  expect(`Bearer ${token}`).not.toHideSecrets(token);
  expect(() => expect('Bearer').not.toHideSecrets(token)).toThrow('expected a secret to show, and none does');
});

test.each<[way: string, thing: unknown]>([
  ['an error', new Error(`${token} ${secret}`, { cause: { [secret]: token } })],
  ['a text', `{"a":"${encodeURIComponent(secret)}","b":"${btoa(`x${token}`)}"}`],
  ['bytes', Buffer.from(`..${secret}`, 'utf16le')],
  ['names', { [token]: { [Symbol(secret)]: 1 } }],
  ['a list', [token, secret, [...Buffer.from(secret)], Buffer.from(secret).toString('hex')]],
])('no failure shows the secret itself: %s', (_, thing) => {
  const failure = failureOf(() => expect(thing).toHideSecrets([secret, token]));

  // The frames of the stack name the lines of this file, not what is in them.
  expect(secretsShownBy(failure, [secret, token])).toEqual([]);
  expect(inspect(failure, { depth: Infinity, showHidden: true })).not.toContain('CANARY');
});

test('a failure tells twenty leaks, and how many more there are', () => {
  const held = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, token]));

  const { message } = failureOf(() => expect(held).toHideSecrets(token));

  expect(message.split('\n')).toHaveLength(1 + 20 + 1);
  expect(message).toMatch(/ {2}and \d+ more$/);
});

test('a message of the test itself goes before', () => {
  const { message } = failureOf(() => expect(token, 'the log of the call').toHideSecrets(token));

  expect(message).toMatch(/^the log of the call: expected no secret to show/);
});

test.each([[[]], ['abc'], [['']]])(
  'secrets that cannot be looked for fail, also where the test wants a leak: %j',
  (secrets) => {
    expect(() => expect('text').toHideSecrets(secrets)).toThrow(TypeError);
    expect(() => expect('text').not.toHideSecrets(secrets)).toThrow(TypeError);
  },
);

test('a promise can be awaited first', async () => {
  await expect(Promise.resolve('fine')).resolves.toHideSecrets(token);
  await expect(Promise.reject(new Error('fine'))).rejects.toHideSecrets(token);
  await expect(Promise.reject(new Error(token))).rejects.not.toHideSecrets(token);
});
