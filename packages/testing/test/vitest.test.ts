import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import '../src/vitest.ts';
import { findLeaks } from '../src/leaks/find-leaks.ts';

const secret = 'cs_CANARY 9f3a';
const token = 'at_CANARY_1';

/** The error of a failing assertion. */
function catchFailure(assertion: () => void): Error {
  try {
    assertion();
  } catch (error) {
    return error as Error;
  }
  throw new Error('The assertion did not fail');
}

test('a value without secrets passes, an error as well as a text', () => {
  expect(new Error('refused', { cause: new Error('401') })).toHideSecrets([secret, token]);
  expect('GET /v1/orders/42 401').toHideSecrets(token);
  expect(undefined).toHideSecrets(token);
});

test('a value with a secret fails, and the message says which secret, its encoding and where', () => {
  const error = new Error(`user joe, ${encodeURIComponent(secret)}`, { cause: `Basic ${btoa(`id:${token}`)}!` });

  const { message } = catchFailure(() => expect(error).toHideSecrets([token, secret]));

  expect(message).toContain('expected no secret to be visible, but found:\n');
  expect(message).toContain('  secrets[1] (14 characters), percent-encoded, at message: user joe, █\n');
  expect(message).toContain('  secrets[0] (11 characters), base64, at cause: Basic █!\n');
});

test('.not.toHideSecrets fails if no secret is visible', () => {
  expect(`Bearer ${token}`).not.toHideSecrets(token);
  expect(() => expect('Bearer').not.toHideSecrets(token)).toThrow('expected a secret to be visible, but none is');
});

test.each<[kind: string, value: unknown]>([
  ['an error', new Error(`${token} ${secret}`, { cause: { [secret]: token } })],
  ['a text', `{"a":"${encodeURIComponent(secret)}","b":"${btoa(`x${token}`)}"}`],
  ['bytes', Buffer.from(`..${secret}`, 'utf16le')],
  ['names', { [token]: { [Symbol(secret)]: 1 } }],
  ['a list', [token, secret, [...Buffer.from(secret)], Buffer.from(secret).toString('hex')]],
])('a failure message never shows the secret: %s', (_, value) => {
  const failure = catchFailure(() => expect(value).toHideSecrets([secret, token]));

  // The stack contains lines of this file, not their content.
  expect(findLeaks(failure, [secret, token])).toEqual([]);
  expect(inspect(failure, { depth: Infinity, showHidden: true })).not.toContain('CANARY');
});

test('a failure message lists twenty leaks and the number of the others', () => {
  const held = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, token]));

  const { message } = catchFailure(() => expect(held).toHideSecrets(token));

  expect(message.split('\n')).toHaveLength(1 + 20 + 1);
  expect(message).toMatch(/ {2}and \d+ more$/);
});

test('the message of expect() is printed first', () => {
  const { message } = catchFailure(() => expect(token, 'the log of the call').toHideSecrets(token));

  expect(message).toMatch(/^the log of the call: expected no secret to be visible/);
});

test.each([[[]], ['abc'], [['']]])('invalid secrets throw, with .not too: %j', (secrets) => {
  expect(() => expect('text').toHideSecrets(secrets)).toThrow(TypeError);
  expect(() => expect('text').not.toHideSecrets(secrets)).toThrow(TypeError);
});

test('resolves and rejects work', async () => {
  await expect(Promise.resolve('fine')).resolves.toHideSecrets(token);
  await expect(Promise.reject(new Error('fine'))).rejects.toHideSecrets(token);
  await expect(Promise.reject(new Error(token))).rejects.not.toHideSecrets(token);
});
