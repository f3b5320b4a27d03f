import { expect, test } from 'vitest';
import { judgeJwt } from '../../../src/commands/doctor/jwt-facts.ts';

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const jwt = (claims: unknown): string => `${encode({ alg: 'ES256' })}.${encode(claims)}.planted`;
const now = Date.UTC(2026, 10, 6, 12);
const context = { place: 'file /run/token', remedy: 'Renew it', now };

test.each([
  ['', 'failed', 'file /run/token is empty'],
  ['planted', 'failed', 'is not a JWT, or is incomplete'],
  [jwt({ iss: 'https://id.internal' }).slice(0, 30), 'failed', 'is not a JWT, or is incomplete'],
  [jwt('text'), 'failed', 'is not a JWT, or is incomplete'],
  [jwt({ exp: now / 1_000 }), 'failed', 'expired'],
  [jwt({ exp: now / 1_000 + 60, aud: ['a', 'b'] }), 'ok', 'audience a b, expires in 1 min'],
  [jwt({ sub: 'x'.repeat(500) }), 'ok', `subject ${'x'.repeat(120)}…, audience none, without an end`],
  [jwt({ exp: 'soon' }), 'ok', 'without an end'],
])('a JWT %s: %s, %s', (text, verdict, message) => {
  const found = judgeJwt(text, context);

  expect(found.verdict).toBe(verdict);
  expect(found.message).toContain(message);
  expect(JSON.stringify(found)).not.toContain('planted');
});
