import { array, assert, asyncProperty, string } from 'fast-check';
import { expect, test } from 'vitest';
import { TokenPool } from '../../src/token/token-pool.ts';

test('no two subjects of ten thousand share a token, whatever their tokens are', async () => {
  const visible = string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }).map((text) =>
    text.replaceAll(/[^\x21-\x7e]/g, '-'),
  );
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const form = new URLSearchParams(await new Request(input, init).text());
    const owner = Buffer.from(form.get('subject_token') ?? '').toString('base64url');
    return Response.json({ access_token: owner, token_type: 'Bearer', expires_in: 3_600 });
  };
  const pool = TokenPool.create(
    { tokenEndpoint: 'https://id.test/token', clientId: 'svc', clientSecret: 's', fetch },
    { max: 20_000 },
  ).unwrap();
  await assert(
    asyncProperty(array(visible, { minLength: 100, maxLength: 100 }), async (subjects) => {
      const handles = subjects.map((subject) => pool.onBehalfOf(subject, { scopes: ['a'] }).unwrap());
      const tokens = await Promise.all(handles.map(async (handle) => (await handle.get()).unwrap().secret.expose()));

      expect(tokens.map((token) => Buffer.from(token, 'base64url').toString())).toEqual(subjects);
    }),
    { numRuns: 100 },
  );
});
