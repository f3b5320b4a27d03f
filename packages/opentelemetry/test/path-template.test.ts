import {
  array,
  assert,
  base64String,
  constantFrom,
  emailAddress,
  nat,
  oneof,
  pre,
  property,
  string,
  stringMatching,
  ulid,
  uuid,
  webSegment,
} from 'fast-check';
import { expect, test } from 'vitest';
import { boundedTemplates, otherTemplate, templateMatcher, guessTemplate } from '../src/path-template.ts';

test.each([
  ['a number', '/v1/orders/42', '/v1/orders/{id}'],
  ['a UUID', '/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301', '/users/{id}'],
  ['a UUID without a digit', '/users/abcdefab-cdef-abcd-efab-cdefabcdefab', '/users/{id}'],
  ['a ULID', '/events/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/events/{id}'],
  ['a hash', '/blobs/d41d8cd98f00b204e9800998ecf8427e/meta', '/blobs/{id}/meta'],
  ['hex without a digit', '/blobs/deadbeef', '/blobs/{id}'],
  ['base64', '/keys/dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', '/keys/{id}'],
  ['a token of letters alone', '/reset/qWeRtYuIoPaSdFgHjK', '/reset/{id}'],
  ['an e-mail address', '/users/ann@example.com', '/users/{id}'],
  ['what is percent-encoded', '/tags/caf%C3%A9', '/tags/{id}'],
  ['a date', '/reports/2026-11-06', '/reports/{id}'],
  ['a number behind a word', '/orders/order-123/lines', '/orders/{id}/lines'],
  ['what is long', `/x/${'word-'.repeat(7)}`, '/x/{id}'],
  ['parameters of a segment', '/page;jsessionid=1A2B', '/{id}'],
])('%s is replaced by {id}', (_what, path, template) => {
  expect(guessTemplate(path)).toBe(template);
});

test.each([
  '/',
  '/v1/orders',
  '/v2.1/orders/',
  '/v1beta1/jobs:cancel',
  '/oauth2/token',
  '/.well-known/openid-configuration',
  '/api/authorizationServers/latest.json',
])('%s is kept', (path) => {
  expect(guessTemplate(path)).toBe(path);
});

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Ids of one kind, of pseudo-random characters that are the same in each run. */
function randomIds(prefix: string, length: number, characters: string): readonly string[] {
  let state = 1;
  const next = (): string => {
    state = (state * 48_271) % 2_147_483_647;
    return characters.charAt(state % characters.length);
  };
  return Array.from({ length: 5_000 }, () => prefix + Array.from({ length }, next).join(''));
}

test.each([
  ['Stripe, 14 characters', randomIds('cus_', 14, alphabet)],
  ['Stripe, 24 characters', randomIds('pi_', 24, alphabet)],
  ['YouTube', randomIds('', 11, `${alphabet}-_`)],
  ['nanoid', randomIds('', 21, `${alphabet}-_`)],
  ['short nanoid', randomIds('', 10, `${alphabet}-_`)],
  ['base62, 8 characters', randomIds('', 8, alphabet)],
])('at most 1 of 100 ids is taken for a word: %s', (_kind, ids) => {
  const kept = ids.filter((id) => guessTemplate(`/v1/${id}`) !== '/v1/{id}');

  expect(kept.length / ids.length).toBeLessThan(0.01);
});

test.each(
  (
    'authorizationServers getUserById openid-configuration oauth2 jwks.json jobs:cancel healthz k8s s3 webhooks http ' +
    'payment_intents checkout-sessions freeBusy playlistItems ServiceProviderConfig ORDERS bestellungen index.html'
  ).split(' '),
)('the word %s is kept', (word) => {
  expect(guessTemplate(`/v1/${word}/items`)).toBe(`/v1/${word}/items`);
});

test('a very long path has a template of limited length', () => {
  expect(guessTemplate('/a'.repeat(500))).toBe(`${'/a'.repeat(16)}/{path}`);
});

const identifier = oneof(nat().map(String), uuid(), ulid(), emailAddress(), stringMatching(/^[\da-f]{8,40}$/));
const paths = array(oneof(webSegment(), identifier, constantFrom('orders', '{id}', 'v1', '')), { maxLength: 30 }).map(
  (segments) => `/${segments.join('/')}`,
);

test('the template of a template is the same template', () => {
  assert(
    property(paths, (path) => {
      expect(guessTemplate(guessTemplate(path))).toBe(guessTemplate(path));
    }),
  );
});

test('no template has a segment of digits, a percent sign, or a long segment', () => {
  assert(
    property(paths, (text) => {
      const segments = guessTemplate(text).split('/');

      expect(segments.filter((each) => /^\d+$|%/.test(each) || each.length > 32)).toEqual([]);
      expect(segments.length).toBeLessThanOrEqual(18);
    }),
  );
});

test('no part of an identifier is in the template', () => {
  const dense = oneof(uuid(), ulid(), base64String({ minLength: 24, maxLength: 64 }).map(encodeURIComponent));
  assert(
    property(dense, (id) => {
      pre(/\d.*\d/.test(id));

      expect(guessTemplate(`/users/${id}/orders`)).toBe('/users/{id}/orders');
    }),
  );
});

test('there are never more templates than the limit, and known templates are kept', () => {
  assert(
    property(array(string()), nat(10), (templates, most) => {
      const bounded = boundedTemplates(most);

      const kept = new Set(templates.map(bounded));
      const again = templates.map(bounded);

      kept.delete(otherTemplate);
      expect(kept.size).toBeLessThanOrEqual(most);
      expect(new Set(again.filter((each) => each !== otherTemplate))).toEqual(kept);
    }),
  );
});

test('templateMatcher returns the first matching template', () => {
  const written = templateMatcher(['/users/me', '/users/{name}', '/users/{name}/orders/{id}', '/']);

  const asked = [
    '/users/me',
    '/users/alice',
    '/users/alice/orders/42',
    '/',
    '/users/',
    '/users',
    '/users/alice/orders',
  ];
  const found = asked.map(written);

  expect(found).toEqual([
    '/users/me',
    '/users/{name}',
    '/users/{name}/orders/{id}',
    '/',
    undefined,
    undefined,
    undefined,
  ]);
});
