import { getEventListeners } from 'node:events';
import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import '@bearings/testing/vitest';
import { expect, test } from 'vitest';
import { fetchToken } from '../../src/token/fetch-token.ts';
import { configFor } from '../create-token.ts';

const hourMs = 3_600_000;

test('a script gets one token, and nothing goes on after it', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const askedAt = clock.now();

  const token = (await fetchToken(configFor(issuer, { clock, scopes: ['orders.read'] }))).unwrap();
  const timers = clock.pending;
  await clock.advance(2 * hourMs);

  expect(token).toMatchObject({
    generation: 1,
    scopes: ['orders.read'],
    issuedAt: askedAt,
    expiresAt: askedAt + hourMs,
  });
  expect(token.authorization()).toBe(`Bearer ${token.secret.expose()}`);
  expect(timers).toBe(0);
  expect(issuer.counts).toMatchObject({ metadata: 1, token: 1 });
});

test('the token counts from when it was asked for, not from when it came', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.delay(3_000));
  const askedAt = clock.now();

  const answer = fetchToken(configFor(issuer, { clock }));
  await clock.advance(3_000);

  expect((await answer).unwrap()).toMatchObject({ issuedAt: askedAt, expiresAt: askedAt + hourMs });
});

test('two calls are two tokens: nothing is kept between them', async () => {
  const issuer = fakeIssuer();

  const [one, other] = [await fetchToken(configFor(issuer)), await fetchToken(configFor(issuer))];

  expect(one.unwrap().isSameAs(other.unwrap())).toBe(false);
  expect(issuer.counts.granted).toBe(2);
});

test('a request that fails in a transient way is sent again', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.status(503), { times: 2 });

  expect((await fetchToken(configFor(issuer))).isOk()).toBe(true);
  expect(issuer.counts).toMatchObject({ token: 3, granted: 1 });
});

test('fetchToken ignores the start option', async () => {
  const issuer = fakeIssuer();

  expect((await fetchToken(configFor(issuer, { start: 'lazy' }))).isOk()).toBe(true);
});

test.each([
  ['TOKEN_HTTP', faults.status(503)],
  ['TOKEN_HTTP', faults.status(400, { body: { error: 'invalid_scope' } })],
  ['INVALID_TOKEN_RESPONSE', faults.empty()],
  ['UNSUPPORTED_TOKEN_TYPE', faults.tokenType('DPoP')],
  ['TOKEN_UNAVAILABLE', faults.unreachable()],
])('a failure is answered with %s, not thrown', async (code, fault) => {
  const issuer = fakeIssuer();
  issuer.inject(fault);

  const error = (await fetchToken(configFor(issuer))).unwrapErr();

  expect(error).toMatchObject({ code });
  expect(error).toHideSecrets([issuer.credentials.clientSecret]);
});

test('a wrong config is an error before anything is sent', async () => {
  const issuer = fakeIssuer();

  const answer = await fetchToken(configFor(issuer, { clientId: ' ' }));

  expect(answer.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientId' });
  expect(issuer.requests).toEqual([]);
});

test('a server that never answers is given up after acquireTimeoutMs', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.hang());

  const answer = fetchToken(configFor(issuer, { clock, acquireTimeoutMs: 5_000 }));
  await clock.advance(5_000);

  expect((await answer).unwrapErr()).toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryable: true });
  expect(clock.pending).toBe(0);
});

test('aborting the signal ends the request', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.hang());
  const caller = new AbortController();

  const answer = fetchToken(configFor(issuer, { clock }), { signal: caller.signal });
  await clock.settle();
  const asked = issuer.counts.token;
  caller.abort(new Error('user left'));

  const error = (await answer).unwrapErr();
  await clock.settle();
  expect(asked).toBe(1);
  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  expect(error.message).toMatch(/abort/);
  expect(clock.pending).toBe(0);
});

test('with an aborted signal nothing is sent', async () => {
  const issuer = fakeIssuer();

  const answer = await fetchToken(configFor(issuer), { signal: AbortSignal.abort() });

  expect(answer.unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
  expect(issuer.requests).toEqual([]);
});

test('no listener is left on a signal that outlives the call', async () => {
  const caller = new AbortController();

  await fetchToken(configFor(fakeIssuer()), { signal: caller.signal });

  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
});
