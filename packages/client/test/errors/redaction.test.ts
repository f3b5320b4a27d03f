import { expect, test } from 'vitest';
import { previewBody } from '../../src/errors/redaction.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';

test.each([undefined, null, ''])('without a body there is no preview: %j', (body) => {
  expect(previewBody(body, [])).toBeUndefined();
});

test.each([
  ['text', 'the database is on holiday', 'the database is on holiday'],
  ['JSON', { error: 'not_found', id: 42, tags: ['a'] }, '{"error":"not_found","id":42,"tags":["a"]}'],
  [
    'an OAuth error',
    { error: 'invalid_token', token_type: 'Bearer' },
    '{"error":"invalid_token","token_type":"Bearer"}',
  ],
])('what is no secret is shown: %s', (_kind, body, shown) => {
  expect(previewBody(body, [])).toBe(shown);
});

test.each([
  ['a field by its name', { access_token: 'CANARY', nested: [{ clientSecret: 'CANARY', Password: 'CANARY' }] }],
  ['a key of an API', { 'x-api-key': 'CANARY', apiKey: 'CANARY', api_key: 'CANARY' }],
  ['a bearer token in words', 'the header was Authorization: Bearer CANARY'],
  ['basic credentials', 'Basic CANARY== was refused'],
  ['a JWT', `the token ${jwt.replace('YWxpY2U', 'CANARY0')} has expired`],
  ['a pair in a query', 'GET /v1?token=CANARY&password=CANARY failed'],
  ['JSON as text', '{"refresh_token": "CANARY", "session" : "CANARY"}'],
  ['user and password of a URL', 'connect to https://me:CANARY@db.internal failed'],
  ['a cookie', 'set-cookie: sid; session=CANARY'],
])('what may be a secret is not: %s', (_kind, body) => {
  const shown = previewBody(body, []);

  expect(shown).toContain('[REDACTED]');
  expect(shown).not.toContain('CANARY');
});

test('a password that was sent as Basic is not shown in plain', () => {
  const sent = `Basic ${Buffer.from('billing:pä ss').toString('base64')}`;

  const shown = previewBody('no user billing with pä ss, sent billing:pä ss', [sent]);

  expect(shown).toBe('no user billing with [REDACTED], sent billing:[REDACTED]');
});

test('a credential that comes back as a part of a URL or of a form is not shown', () => {
  const shown = previewBody('GET /?k=k%209%2Fx and k=k+9%2Fx', ['k 9/x']);

  expect(shown).toBe('GET /?k=[REDACTED] and k=[REDACTED]');
});

test('a credential that the call has sent is not shown, with or without its scheme', () => {
  const shown = previewBody({ message: 'at_1 is unknown', header: 'Bearer at_1', key: 'k-9' }, ['Bearer at_1', 'k-9']);

  expect(shown).not.toMatch(/at_1|k-9/);
});

test('a long body is cut, not dropped, and no letter is cut in two', () => {
  const shown = previewBody(`${'a'.repeat(2_047)}😀${'b'.repeat(9_000)}`, []);

  expect(shown?.length).toBe(2_049);
  expect(shown?.endsWith('…')).toBe(true);
  expect(shown?.isWellFormed()).toBe(true);
});

test('a secret that lies across the cut is taken out before it', () => {
  expect(previewBody(`${'a'.repeat(2_040)} Bearer ${'CANARY'.repeat(9)}`, [])).not.toContain('CANARY');
});

test('a huge list costs little', () => {
  const shown = previewBody({ items: Array.from({ length: 1_000_000 }, (_, index) => index) }, []);

  expect(shown?.length).toBeLessThan(300);
});
