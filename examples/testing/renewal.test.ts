import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { fakeIssuer, virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';

const hour = 3_600_000;

test('a token is renewed in the background before it expires', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: hour });
  await using token = await orThrow(Token.create({ ...issuer.credentials, fetch: issuer.fetch, clock }));

  await clock.advance(hour / 2);

  expect(token.status()).toMatchObject({ state: 'fresh', generation: 2 });
  expect(issuer.counts.granted).toBe(2);
});

test('a token that expired while the machine slept is not used', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: hour });
  await using token = await orThrow(Token.create({ ...issuer.credentials, fetch: issuer.fetch, clock }));

  await clock.suspend(2 * hour);

  expect(token.read().isErr()).toBe(true);
  expect((await orThrow(token.get())).generation).toBe(2);
});
