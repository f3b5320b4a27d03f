import { systemClock } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const hourMs = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A fake token endpoint that grants at_1, at_2, … for an hour each. */
function issuer(): { readonly fetch: typeof globalThis.fetch; readonly granted: () => number } {
  let granted = 0;
  return {
    granted: () => granted,
    fetch: async () => {
      granted += 1;
      return Response.json({ access_token: `at_${granted}`, token_type: 'Bearer', expires_in: 3_600 });
    },
  };
}

/** A token with the system clock, which is the default. */
async function createToken(fetch: typeof globalThis.fetch): Promise<Token> {
  const tokenEndpoint = 'https://as.example/token';
  const config = { tokenEndpoint, clientId: 'svc', clientSecret: 'cs_1', random: () => 0, clock: systemClock };
  return (await Token.create({ ...config, fetch })).unwrap();
}

test("vitest's fake timers drive the renewal of a token", async () => {
  const { fetch, granted } = issuer();
  const token = await createToken(fetch);

  await vi.advanceTimersByTimeAsync(hourMs / 2 - 1);
  const early = token.read().unwrap().authorization();
  await vi.advanceTimersByTimeAsync(1);

  expect(early).toBe('Bearer at_1');
  expect(token.read().unwrap().authorization()).toBe('Bearer at_2');
  expect(token.read().unwrap().issuedAt).toBe(Date.now());
  expect(granted()).toBe(2);
});

test('with fake timers a token is renewed at half its lifetime, and close() leaves no timer', async () => {
  const { fetch, granted } = issuer();
  const token = await createToken(fetch);

  await vi.advanceTimersByTimeAsync(24 * hourMs);
  await token.close();

  expect(granted()).toBe(1 + 48);
  expect(vi.getTimerCount()).toBe(0);
});

test('with fake timers a token notices by the wall clock that the machine slept', async () => {
  const { fetch, granted } = issuer();
  const token = await createToken(fetch);

  vi.setSystemTime(Date.now() + hourMs);

  expect(token.status().state).toBe('expired');
  expect((await token.get()).unwrap().authorization()).toBe('Bearer at_2');
  expect(granted()).toBe(2);
});
