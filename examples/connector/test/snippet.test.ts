import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { snippetOf } from '../src/snippet.ts';

const secret = 'p&ss wörd/+=kept';

test.each([
  `client ${secret}`,
  `client_secret=${encodeURIComponent(secret)}&x=1`,
  new URLSearchParams({ whatever: secret }).toString(),
  JSON.stringify({ note: `you sent ${secret}` }),
  `Authorization: Basic ${Buffer.from(`connector:${secret}`).toString('base64')}`,
  JSON.stringify({ deep: [{ 'api\u002dkey': secret }] }),
])('a secret that was sent is not shown: %j', (answer) => {
  expect(snippetOf(answer, [secret])).toHideSecrets(secret);
});

test('what looks like a token, or is called one, is not shown, and words are', () => {
  const answer = {
    access_token: 'abc',
    token_type: 'mac',
    jwt: `eyJhbGciOi.${'x'.repeat(40)}`,
    error: 'no such client',
  };

  expect(snippetOf(JSON.stringify(answer))).toBe(
    '{"access_token":"[REDACTED]","token_type":"mac","jwt":"[REDACTED]","error":"no such client"}',
  );
});

test('an answer takes one line of a terminal, and moves nothing on it', () => {
  const shown = snippetOf(`a\r\n\u001b[2Jb\u202e${' c'.repeat(300)}`);

  expect(shown).toBe(`a [2Jb${' c'.repeat(97)}…`);
});
