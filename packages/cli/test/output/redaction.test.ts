import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactBody, redactForm } from '../../src/output/redact-body.ts';
import { hideQueryValues, printable, printableJson, redactHeader } from '../../src/output/redaction.ts';

const secrets = fc
  .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
  .filter((text) => text.trim() === text);

test('a header does not show a credential that was sent, in whatever form it comes back', () => {
  fc.assert(
    fc.property(secrets, fc.constantFrom('Bearer', 'Basic'), (secret, scheme) => {
      const value = scheme === 'Basic' ? `Basic ${btoa(`me:${encodeURIComponent(secret)}`)}` : `Bearer ${secret}`;
      const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), value];
      const echoes = `got ${forms.join('; or ')}.`;

      const shown = redactHeader('x-echo', echoes, [value]);

      for (const form of forms) expect(shown).not.toContain(form);
    }),
  );
});

test.each([
  ['authorization', 'Bearer a-token', 'Bearer [REDACTED]'],
  ['proxy-authorization', 'Basic bWU6eA==', 'Basic [REDACTED]'],
  ['x-api-key', 'a-key', '[REDACTED]'],
  ['set-cookie', 'session=1', '[REDACTED]'],
  ['x-auth-token', 'opaque', '[REDACTED]'],
  ['dpop', 'eyJ.a.b', '[REDACTED]'],
  ['x-functions-key', 'a-key', '[REDACTED]'],
  ['idempotency-key', 'order-7', 'order-7'],
  ['www-authenticate', 'Bearer realm="orders"', 'Bearer realm="orders"'],
  ['x-echo', 'it was Bearer eyJhbGciOi.eyJ.x', 'it was Bearer [REDACTED]'],
])('the header %s: %s is shown as %s', (name, value, shown) => {
  expect(redactHeader(name, value, [])).toBe(shown);
});

test('a URL shows the names of its query, not their values', () => {
  expect(hideQueryValues('https://a.example/b?c=d&e=f#g')).toBe('https://a.example/b?c=…&e=…#g');
});

test('printed JSON has no character that a terminal obeys, and is the same JSON', () => {
  const value = { says: 'a\u009b2J\u202e\u007f' };

  const text = printableJson(value);

  expect(text).toBe(String.raw`{"says":"a\u009b2J\u202e\u007f"}`);
  expect(JSON.parse(text)).toEqual(value);
});

test('characters that move the cursor or turn the text are escaped', () => {
  expect(printable('a\u001b[2Jb\u009bc\u202ed\te\n')).toBe('a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\te\n');
});

test('a form shows its fields without secrets, whichever field repeats them', () => {
  const known = new Set<string>();

  const shown = redactForm('grant_type=client_credentials&client_secret=s%26cret&note=s%26cret', known);

  expect(shown).toEqual(['grant_type=client_credentials', 'client_secret=[REDACTED]', 'note=[REDACTED]']);
});

test.each([
  [
    '{"access_token":"opaque-value","expires_in":300,"scope":"a b"}',
    '{"access_token":"[REDACTED]","expires_in":300,"scope":"a b"}',
  ],
  ['{"nonsense":"opaque-value"}', '{"nonsense":"[REDACTED]"}'],
  [
    '{"error":"bad","error_description":"the secret hunter2hunter2 is wrong"}',
    '{"error":"bad","error_description":"the secret [REDACTED] is wrong"}',
  ],
  ['access_token=opaque-value-of-24-chars&x=1', 'access_token=[REDACTED]&x=1'],
  ['{"access_token":"tok-1234567","x":1', '{"access_token":"[REDACTED]","x":1'],
  [')]}\',{"access_token":"tok-1234567"}', ')]}\',{"access_token":"[REDACTED]"}'],
  ['"aaaa!bbbb!cccc!dddd', '"[REDACTED]'],
  ['{"access_token":12345678,"expires_in":300}', '{"access_token":"[REDACTED]","expires_in":300}'],
  ['<p>Sorry, no token today</p>', '<p>Sorry, no token today</p>'],
])('an answer of %s is shown as %s, and can still be read', async (body, shown) => {
  const response = new Response(body);

  expect(await redactBody(response, new Set(['hunter2hunter2']))).toEqual([shown]);
  expect(await response.text()).toBe(body);
});

test('only the beginning of an endless response is read', async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('words and words '.repeat(1_000))),
  });
  const response = new Response(endless);

  const [line = ''] = await redactBody(response, new Set());

  expect(line.length).toBeLessThan(1_100);
  await response.body?.cancel();
});

test.each(['?', '&', '?a', '?a=', '=', 'a?'])('128 KiB of %j are shown without query values in linear time', (part) => {
  const text = part.repeat(2 ** 17 / part.length);

  expect(hideQueryValues(text).length).toBeLessThanOrEqual(text.length);
});
