import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { caught } from '../../client/test/caught.ts';
import { fixedToken } from '../src/fixed-token.ts';
import { SecretString } from '../src/secret-string.ts';
import { canary } from './fake-issuer.ts';

test.each(['at_CANARY_1', new SecretString('at_CANARY_1')])(
  'a fixed token is what it was given, always',
  async (given) => {
    const token = fixedToken(given);

    const answers = [token.read(), await token.get(), await token.invalidate()];

    expect(answers.map((each) => each.unwrap().authorization())).toEqual(Array(3).fill('Bearer at_CANARY_1'));
    expect(token.read().unwrap().expiresAt).toBe(Infinity);
  },
);

test.each(['', 'CANARY x', 'CANARY\n', 'CANARY_é'])('%j cannot be a token', async (given) => {
  const error = await caught(() => fixedToken(given));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'secret' });
  expect(error).toHideSecrets(canary);
});

test('a closed fixed token is given to nobody', async () => {
  const token = fixedToken('at_CANARY_1');

  await token.close();

  expect(token.read().unwrapErr().code).toBe('CLOSED');
  expect(token.status().state).toBe('closed');
});

test('a fixed token does not print itself', () => {
  const token = fixedToken('at_CANARY_1');

  expect(token).toHideSecrets(canary);
  expect(token.read()).toHideSecrets(canary);
  expect(token.status()).toMatchObject({ state: 'fresh', expiresAt: undefined, renewsAt: undefined });
});
