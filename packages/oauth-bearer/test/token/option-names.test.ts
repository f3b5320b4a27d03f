import { Ok } from 'ts-results';
import { expect, test } from 'vitest';
import { Token } from '../../src/token/token.ts';
import { configFor, fakeIssuer } from '../fake-issuer.ts';

const source = { acquire: async () => Ok({ value: 'a token', lifetimeMs: 60_000 }) };
/** What plain JavaScript, or a spread, may hand over. */
const untyped = (options: unknown): object => options as object;

test.each([
  ['scope', 'Did you mean scopes?'],
  ['clientID', 'Did you mean clientId?'],
  ['refresh_offset_ms', 'Did you mean refreshOffsetMs?'],
  ['colour', 'The options are refreshOffsetMs, '],
])('Token.create refuses the option %s', async (name, help) => {
  const issuer = fakeIssuer();
  const config = { ...configFor(issuer), ...untyped({ [name]: 'CANARY' }) };

  const error = (await Token.create(config)).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: name });
  expect(error.message).toContain(`${name} is not an option of Token.create. ${help}`);
  expect(error.message).not.toContain('CANARY');
  expect(issuer.asked).toEqual([]);
});

test.each([
  ['refreshOffset', 'Did you mean refreshOffsetMs?'],
  ['scopes', 'The options are refreshOffsetMs, '],
])('Token.from refuses the option %s', async (name, help) => {
  const error = (await Token.from(source, untyped({ [name]: 1 }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: name });
  expect(error.message).toContain(`${name} is not an option of Token.from. ${help}`);
});

test.each([null, 'lazy', [], 5])('Token.from refuses %j in the place of options', async (options) => {
  expect((await Token.from(source, untyped(options))).unwrapErr()).toMatchObject({
    code: 'TOKEN_CONFIG',
    field: 'options',
  });
});
