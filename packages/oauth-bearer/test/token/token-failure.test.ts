import { createClient, formatHttpError } from '@bearings/client';
import { fakeApi, fakeIssuer, faults, combineFetch, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import { stampFailure, TokenHttpError } from '../../src/errors.ts';
import type { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { createToken, recordEvents } from '../create-token.ts';

const hourMs = 3_600_000;

interface Scene {
  readonly clock: VirtualClock;
  readonly issuer: FakeIssuer;
  readonly token: Token;
}

/** A token for an hour, which has ended, at an issuer that answers 503. */
async function ended(changes: Partial<TokenConfig> = {}): Promise<Scene> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = await createToken(issuer, { clock, ...changes });
  issuer.inject(faults.status(503));
  await clock.suspend(hourMs);
  return { clock, issuer, token };
}

test.each([
  ['invalid_client', 'clientId'],
  ['invalid_client', 'clientAuthMethod'],
  ['unauthorized_client', 'clientId'],
  ['invalid_scope', 'scopes'],
  ['unsupported_grant_type', 'tokenEndpoint'],
  ['invalid_target', 'audience'],
  ['invalid_target', 'resource'],
])('%s says to check %s', (oauthError, setting) => {
  const error = new TokenHttpError({ endpoint: 'https://as.example/token', status: 400, oauthError });

  expect(error.message).toMatch(new RegExp(`: ${oauthError}\\. Check .*\\b${setting}\\b`));
  expect(error.retryable).toBe(false);
});

test.each(['invalid_request', 'temporarily_unavailable', 'toString', '__proto__'])(
  'an error that no setting explains (%s) names no setting',
  (oauthError) => {
    const error = new TokenHttpError({ endpoint: 'https://as.example/token', status: 400, oauthError });

    expect(error.message).toBe(`No token: https://as.example/token answered 400: ${oauthError}`);
  },
);

test('a permanent failure is reported at once, while the token is valid, and retried every five minutes', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = await createToken(issuer, { clock });
  const events = recordEvents(token);
  issuer.inject(faults.status(401, { body: { error: 'invalid_client' } }));

  await clock.advance(hourMs / 2);
  const during = await token.get();
  const asked = [issuer.counts.token];
  for (let times = 0; times < 3; times += 1) {
    await clock.advance(299_999);
    asked.push(issuer.counts.token);
    await clock.advance(1);
    asked.push(issuer.counts.token);
  }

  expect(during.isOk()).toBe(true);
  expect(events[0]).toMatchObject({ type: 'renewal-failed', error: { oauthError: 'invalid_client' } });
  expect(asked).toEqual([2, 2, 3, 3, 4, 4, 5]);
});

test('after expiry callers get the error with failedAt and retryAt', async () => {
  const { clock, token } = await ended({ random: () => 0.5 });

  const answer = token.get();
  await clock.advance(150); // two retries, after 50 and 100 ms
  const failed = (await answer).unwrapErr();
  const at = clock.now();
  await clock.advance(2_000);
  const later = [token.read(), await token.get()].map((each) => each.unwrapErr());

  expect(failed).toMatchObject({ code: 'TOKEN_HTTP', status: 503, failedAt: at, retryAt: at + 5_500 });
  expect(later.every((each) => each === failed)).toBe(true);
  expect(token.status()).toMatchObject({
    state: 'expired',
    validForMs: 0,
    failure: { code: 'TOKEN_HTTP', count: 1, at, retryAt: at + 5_500 },
  });
});

test('each failure has its own times and the count of the series', async () => {
  const { clock, token } = await ended();

  const first = (await token.get()).unwrapErr();
  await clock.advance(1_000);
  const second = (await token.get()).unwrapErr();

  expect(second).not.toBe(first);
  expect(Number(second.failedAt) - Number(first.failedAt)).toBe(1_000);
  expect(first.retryAt).toBe(second.failedAt);
  expect(token.status().failure).toMatchObject({ count: 2, at: second.failedAt, retryAt: second.retryAt });
});

test('the times are printed with the error and cannot be overwritten', () => {
  const error = new TokenHttpError({ endpoint: 'https://as.example/token', status: 503 });

  stampFailure(error, 1, 2);
  stampFailure(error, 3, 4);

  expect(Object.entries(error)).toEqual(
    expect.arrayContaining([
      ['failedAt', 3],
      ['retryAt', 4],
    ]),
  );
  expect(() => Object.assign(error, { failedAt: 5 })).toThrow(TypeError);
});

test('before expiry the failure is only in the status, and callers are served', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = await createToken(issuer, { clock });
  issuer.inject(faults.status(503));

  await clock.advance(hourMs / 2);

  expect(token.read().isOk()).toBe(true);
  expect(token.status()).toMatchObject({
    state: 'stale',
    validForMs: hourMs / 2,
    failure: { code: 'TOKEN_HTTP', count: 1 },
  });
});

test.each([
  ['503', faults.status(503)],
  ['no connection', faults.unreachable()],
  ['rubbish', faults.empty()],
])('a thousand callers cause one probe of one request when the issuer answers %s', async (_, fault) => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = await createToken(issuer, { clock });
  issuer.inject(fault);
  await clock.suspend(hourMs);
  await token.get();
  const asked = issuer.counts.token;

  await clock.suspend(1_000);
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => token.get()));

  expect(answers.every((each) => each.isErr())).toBe(true);
  expect(issuer.counts.token - asked).toBe(1);
});

test('between two probes callers do not wait, also when the issuer hangs', async () => {
  const { clock, issuer, token } = await ended();
  await token.get();
  issuer.clearFaults();
  issuer.inject(faults.hang());

  const answer = await token.get();

  expect(answer.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 503 });
  expect(clock.pending).toBe(1);
});

test('a call through the client fails with the same facts, and its request is not sent', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const api = fakeApi(issuer, undefined, { clock });
  const fetch = combineFetch(issuer, api);
  const token = await createToken(issuer, { clock, fetch });
  const client = createClient({ baseUrl: api.origin, fetch, clock }, withBearerAuth(token));
  issuer.inject(faults.status(400, { body: { error: 'invalid_scope' } }));
  await clock.suspend(hourMs);

  const errors = [await caught(() => client.get('v1/orders')), await caught(() => client.get('v1/orders'))];

  const [error] = errors;
  expect(errors).toEqual([error, error]);
  expect(error).toMatchObject({ code: 'TOKEN_HTTP', failedAt: clock.now(), retryAt: clock.now() + 300_000 });
  expect(formatHttpError(error, 'orders')).toContain('Check scopes');
  expect(api.requests).toEqual([]);
  expect(issuer.counts.token).toBe(2);
});

test('when the issuer works again, no trace of the failure is left', async () => {
  const { clock, issuer, token } = await ended();
  await token.get();

  issuer.clearFaults();
  await clock.advance(1_000);

  expect((await token.get()).unwrap().generation).toBe(2);
  expect(token.status()).toMatchObject({ state: 'fresh', failure: undefined });
});
