import { orThrow } from '@bearings/client';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { TokenConfigError } from '../src/errors.ts';
import { Token } from '../src/token/token.ts';
import { TokenPool } from '../src/token/token-pool.ts';
import { clientSecret, configFor, fakeIssuer } from './fake-issuer.ts';

test('orThrow gives the token itself, and the types know it', async () => {
  const token: Token = await orThrow(Token.create(configFor(fakeIssuer())));
  const pool: TokenPool = orThrow(TokenPool.create(configFor(fakeIssuer())));

  expect(token.status().state).toBe('fresh');
  expect(pool.size).toBe(0);
  await token.close();
});

test('a wrong config is thrown as the TokenConfigError that it is, without a stack or a secret in its message', async () => {
  const config = configFor(fakeIssuer(), { clientId: ' ' });

  const failures = [
    await orThrow(Token.create(config)).catch((error: unknown) => error),
    await orThrow(Token.from({ acquire: async () => Promise.reject(new Error('unused')) }, { startWaitMs: -1 })).catch(
      (error: unknown) => error,
    ),
  ];

  expect(failures).toEqual([expect.any(TokenConfigError), expect.any(TokenConfigError)]);
  expect(failures).toMatchObject([
    { code: 'TOKEN_CONFIG', field: 'clientId' },
    { code: 'TOKEN_CONFIG', field: 'startWaitMs' },
  ]);
  expect(failures.map((error) => (error as Error).message)).toEqual([
    expect.not.stringMatching(/\n|Tried to unwrap/),
    expect.not.stringMatching(/\n|Tried to unwrap/),
  ]);
  expect(failures).toHideSecrets(clientSecret);
});
