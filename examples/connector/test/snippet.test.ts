import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { createSnippet } from '../src/snippet.ts';

const secret = 'p&ss wörd/+=kept';

test.each([
  `client ${secret}`,
  `client_secret=${encodeURIComponent(secret)}&x=1`,
  new URLSearchParams({ whatever: secret }).toString(),
  JSON.stringify({ note: `you sent ${secret}` }),
  `Authorization: Basic ${Buffer.from(`connector:${secret}`).toString('base64')}`,
  JSON.stringify({ deep: [{ 'api\u002dkey': secret }] }),
])('a sent secret is redacted: %j', (answer) => {
  expect(createSnippet(answer, [secret])).toHideSecrets(secret);
});

test('values that look like a token, or have the name of one, are redacted; words are not', () => {
  const answer = {
    access_token: 'abc',
    token_type: 'mac',
    jwt: `eyJhbGciOi.${'x'.repeat(40)}`,
    error: 'no such client',
  };

  expect(createSnippet(JSON.stringify(answer))).toBe(
    '{"access_token":"[REDACTED]","token_type":"mac","jwt":"[REDACTED]","error":"no such client"}',
  );
});

test('a snippet is one line without control characters', () => {
  const shown = createSnippet(`a\r\n\u001b[2Jb\u202e${' c'.repeat(300)}`);

  expect(shown).toBe(`a [2Jb${' c'.repeat(97)}…`);
});
