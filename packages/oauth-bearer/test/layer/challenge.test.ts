import { expect, test } from 'vitest';
import { parseBearerChallenge } from '../../src/layer/challenge.ts';

const challengeIn = (...values: readonly string[]) =>
  parseBearerChallenge(new Headers(values.map((value) => ['www-authenticate', value])));

test.each([
  ['Bearer', undefined],
  ['Bearer realm="api"', undefined],
  ['Bearer error="invalid_token"', 'invalid_token'],
  ['bearer ERROR=Invalid_Token', 'invalid_token'],
  ['Bearer realm="a, b", error = "invalid_token", error_description="x"', 'invalid_token'],
  ['Bearer realm="a \\" b", error="invalid_token"', 'invalid_token'],
  [String.raw`Bearer error="invalid\_token"`, 'invalid_token'],
  ['Basic realm="x", Bearer error="insufficient_scope"', 'insufficient_scope'],
  ['Bearer error="invalid_token", Basic realm="x"', 'invalid_token'],
  ['Negotiate YWJj==, Bearer error="invalid_token"', 'invalid_token'],
  ['DPoP error="use_dpop_nonce", Bearer realm="x"', undefined],
  ['Bearer error=', ''],
])('%s is a Bearer challenge with the error %s', (value, error) => {
  expect(challengeIn(value)).toMatchObject({ error });
});

test.each([
  'Basic realm="Bearer"',
  'Basic realm="x, Bearer error=\\"invalid_token\\""',
  'DPoP error="invalid_token"',
  'Bearerx error="invalid_token"',
  '',
  ',,,',
  '"Bearer"',
])('%j has no Bearer challenge', (value) => {
  expect(challengeIn(value)).toBeUndefined();
});

test('no header, no challenge', () => {
  expect(challengeIn()).toBeUndefined();
});

test('challenges may come in several header lines', () => {
  expect(challengeIn('Basic realm="x"', 'Bearer error="invalid_token"')).toMatchObject({ error: 'invalid_token' });
});

test.each<[string, string, string]>([
  ['spaces', 'Bearer', ' '],
  ['commas', 'Bearer ', ','],
  ['an open quote', 'Bearer realm="', 'a'],
  ['backslashes', 'Bearer realm="', '\\'],
  ['escaped quotes', 'Bearer realm="', '\\"'],
  ['names', 'Bearer ', 'a '],
  ['a long name', 'Bearer ', 'a'],
  ['equals signs', 'Bearer ', '='],
  ['parameters', 'Bearer ', 'a="b",'],
  ['spaces before equals signs', 'Bearer ', 'a  ='],
])(
  '512 KiB of %s are read in linear time: quadratic time would exceed the time limit of the test',
  (_, start, unit) => {
    const filler = unit.repeat(Math.ceil((512 * 1024) / unit.length));

    const challenge = challengeIn(start + filler);

    expect(challenge?.error).toBeUndefined();
  },
);

test.each(['Negotiate YII/abc+z==', 'NTLM TlRMTVNTUAAB/w=', 'Negotiate'])(
  'a challenge after that of another scheme with a token68 is found: %s',
  (other) => {
    const headers = new Headers({ 'www-authenticate': `${other}, Bearer error="insufficient_scope", scope="a b"` });

    expect(parseBearerChallenge(headers)).toMatchObject({ error: 'insufficient_scope', scopes: ['a', 'b'] });
  },
);
