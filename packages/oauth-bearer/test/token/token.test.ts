import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { Token } from '../../src/token/token.ts';
import {
  canary,
  clientSecret,
  configFor,
  fakeIssuer,
  grant,
  held,
  issuerUrl,
  outage,
  refuse,
  tokenFrom,
} from '../fake-issuer.ts';
import { virtualClock } from '@bearings/testing';

const hourMs = 3_600_000;

test('a thousand callers of a token that is not there yet make one request', async () => {
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { start: 'lazy' });

  const answers = await Promise.all(Array.from({ length: 1_000 }, () => token.get()));

  expect(issuer.asked).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.unwrap().secret.expose()))).toEqual(new Set(['at_CANARY_1']));
});

test('a hundred handles made at once ask for the metadata of their issuer once', async () => {
  const issuer = fakeIssuer();
  const changes = { issuerUrl, tokenEndpoint: undefined, clock: virtualClock(), random: () => 0 };

  await Promise.all(Array.from({ length: 100 }, () => tokenFrom(issuer, changes)));

  expect(issuer.discoveries).toBe(1);
  expect(issuer.asked).toHaveLength(100);
});

test('the metadata is not asked for again when the token is renewed or rotated', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock, issuerUrl, tokenEndpoint: undefined });

  await clock.advance(hourMs);
  await token.invalidate();

  expect(issuer.asked.length).toBeGreaterThan(2);
  expect(issuer.discoveries).toBe(1);
});

test('the request is the client credentials grant, with the client in the header', async () => {
  const issuer = fakeIssuer();

  await tokenFrom(issuer, { scopes: ['a', 'b'], audience: 'api', resource: ['https://r1.test', 'https://r2.test'] });

  const [{ params, headers } = { params: undefined, headers: undefined }] = issuer.asked;
  expect([...(params ?? [])]).toEqual([
    ['scope', 'a b'],
    ['audience', 'api'],
    ['resource', 'https://r1.test'],
    ['resource', 'https://r2.test'],
    ['grant_type', 'client_credentials'],
  ]);
  expect(headers?.get('authorization')).toBe(`Basic ${btoa(`svc:${clientSecret}`)}`);
});

test('an eager token is there when create answers', async () => {
  const token = await tokenFrom(fakeIssuer());

  expect(token.read().unwrap().authorization()).toBe('Bearer at_CANARY_1');
});

test('an eager token that cannot be had fails with the reason', async () => {
  const issuer = fakeIssuer(refuse(401, { error: 'invalid_client' }));

  const created = await Token.create(configFor(issuer));

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 401, oauthError: 'invalid_client' });
});

test('a lazy token asks for nothing until it is needed', async () => {
  const issuer = fakeIssuer();

  const token = await tokenFrom(issuer, { start: 'lazy' });

  expect(issuer.asked).toHaveLength(0);
  expect(token.read().unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
  expect(issuer.asked).toHaveLength(0);
});

test('a lazy token survives an issuer that is down at boot', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer(...outage);
  const token = await tokenFrom(issuer, { clock, start: 'lazy' });

  const early = await token.get();
  await clock.advance(1_000);
  const later = await token.get();

  expect(early.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 503 });
  expect(later.isOk()).toBe(true);
});

test('reading a fresh token allocates nothing and starts nothing', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });

  const first = token.read();
  const second = token.read();
  await clock.settle();

  expect(second).toBe(first);
  expect(issuer.asked).toHaveLength(1);
});

test('a token is renewed ahead of its end without anyone asking', async () => {
  const clock = virtualClock();
  const token = await tokenFrom(fakeIssuer(), { clock });

  await clock.advance(hourMs / 2 - 1);
  const before = token.read().unwrap().generation;
  await clock.advance(1);

  expect(before).toBe(1);
  expect(token.read().unwrap()).toMatchObject({ generation: 2, issuedAt: clock.now() });
});

test('a stale token is served at once while one renewal runs in the background', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const { reply, release } = held(grant('at_CANARY_new'));
  issuer.willAnswer(reply);

  await clock.suspend(0.6 * hourMs);
  const during = [await token.get(), token.read(), await token.get()];
  await clock.settle();
  release();
  await clock.settle();

  expect(during.map((each) => each.unwrap().generation)).toEqual([1, 1, 1]);
  expect(issuer.asked).toHaveLength(2);
  expect(token.read().unwrap().secret.expose()).toBe('at_CANARY_new');
});

test('callers of an expired token wait for one shared renewal', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });

  await clock.suspend(hourMs);
  const read = token.read();
  const answers = await Promise.all(Array.from({ length: 50 }, () => token.get()));

  expect(read.unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
  expect(new Set(answers.map((each) => each.unwrap().generation))).toEqual(new Set([2]));
  expect(issuer.asked).toHaveLength(2);
});

test('a wall clock that is set back does not prolong a token', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer(
    grant('at_CANARY_old', { expires_in: 15 }),
    ...Array.from({ length: 20 }, () => refuse(503)),
  );
  const token = await tokenFrom(issuer, { clock });

  clock.jumpWall(-hourMs);
  await clock.advance(15_000);

  expect(token.read().isErr()).toBe(true);
  expect(token.status().state).toBe('expired');
});

test('a token that ended while the machine slept is not served', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });

  await clock.suspend(hourMs);

  expect(token.status().state).toBe('expired');
  expect((await token.get()).unwrap().generation).toBe(2);
});

test('the life counts from when the request was sent, not from when the answer came', async () => {
  const clock = virtualClock();
  const { reply, release } = held(grant('at_CANARY_slow'));
  const token = await tokenFrom(fakeIssuer(reply), { clock, start: 'lazy' });
  const sentAt = clock.now();

  const answer = token.get();
  await clock.advance(5_000);
  release();

  expect((await answer).unwrap()).toMatchObject({ issuedAt: sentAt, expiresAt: sentAt + hourMs });
});

test('a hundred calls make one request when the server issues tokens that expire at once', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer(...Array.from({ length: 5 }, () => grant('at_CANARY_zero', { expires_in: 0 })));
  const token = await tokenFrom(issuer, { clock, start: 'lazy' });

  const answers: Awaited<ReturnType<typeof token.get>>[] = [];
  for (let call = 0; call < 100; call += 1) answers.push(await token.get());

  expect(new Set(answers.map((each) => each.unwrapErr().code))).toEqual(new Set(['INVALID_TOKEN_RESPONSE']));
  expect(answers[0]?.unwrapErr().message).toMatch(/issued a token whose lifetime is 0/);
  expect(issuer.asked).toHaveLength(1);
});

test('a valid token is served while its successors expire at once', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer(grant('at_CANARY_good'), grant('at_CANARY_zero', { expires_in: 0 }));
  const token = await tokenFrom(issuer, { clock });

  await clock.advance(hourMs / 2);

  expect(issuer.asked).toHaveLength(2);
  expect(token.status().failure?.code).toBe('INVALID_TOKEN_RESPONSE');
  expect((await token.get()).unwrap().secret.expose()).toBe('at_CANARY_good');
});

test('a token that has expired when it comes goes to the callers that waited, and to no later ones', async () => {
  const clock = virtualClock();
  const { reply, release } = held(grant('at_CANARY_late', { expires_in: 2 }));
  const token = await tokenFrom(fakeIssuer(reply), { clock, start: 'lazy' });

  const waited = [token.get(), token.get()];
  await clock.advance(2_000);
  release();
  const served = await Promise.all(waited);
  const after = await token.get();

  expect(served.map((each) => each.unwrap().secret.expose())).toEqual(['at_CANARY_late', 'at_CANARY_late']);
  expect(after.unwrap().secret.expose()).toBe('at_CANARY_1');
});

test.each([30 * 24 * 3_600, 365 * 24 * 3_600, 1e300])('a life of %d s overflows no timer', async (seconds) => {
  const clock = virtualClock();
  const issuer = fakeIssuer(grant('at_CANARY_long', { expires_in: seconds }));
  const token = await tokenFrom(issuer, { clock });

  await clock.advance(24 * hourMs);

  expect(issuer.asked).toHaveLength(1);
  expect(token.status().state).toBe('fresh');
  expect(clock.waits.every((each) => Number.isFinite(each))).toBe(true);
});

test('a life beyond what a timer takes is not renewed at once on the real clock', async () => {
  const issuer = fakeIssuer(grant('at_CANARY_long', { expires_in: 90 * 24 * 3_600 }));

  const token = (await Token.create(configFor(issuer))).unwrap();
  await virtualClock().settle();

  expect(issuer.asked).toHaveLength(1);
  await token.close();
});

test("one caller's abort is passed on untouched and does not end the wait of the others", async () => {
  const { reply, release } = held(grant('at_CANARY_shared'));
  const issuer = fakeIssuer(reply);
  const token = await tokenFrom(issuer, { start: 'lazy' });
  const caller = new AbortController();
  const reason = new Error('user left');

  const impatient = token.get({ signal: caller.signal });
  const patient = token.get();
  caller.abort(reason);

  await expect(impatient).rejects.toBe(reason);
  release();
  expect((await patient).isOk()).toBe(true);
  expect(issuer.asked).toHaveLength(1);
});

test('a signal that is aborted already ends the call before anything is asked', async () => {
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { start: 'lazy' });

  await expect(token.get({ signal: AbortSignal.abort('gone') })).rejects.toBe('gone');
  expect(issuer.asked).toHaveLength(0);
});

test('closing during an acquisition aborts its request, tells the waiters, and publishes nothing', async () => {
  const { reply, release } = held(grant('at_CANARY_late'));
  const clock = virtualClock();
  const issuer = fakeIssuer(reply);
  const token = await tokenFrom(issuer, { clock, start: 'lazy' });

  const waiter = token.get();
  await clock.settle();
  await token.close();
  release();
  await clock.settle();

  expect((await waiter).unwrapErr().code).toBe('TOKEN_CLOSED');
  expect(issuer.asked[0]?.signal.aborted).toBe(true);
  expect(token.read().unwrapErr().code).toBe('TOKEN_CLOSED');
  expect(token.status()).toMatchObject({ state: 'closed', generation: 0 });
});

test('a closed token makes no request, whatever it is asked', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });

  await token.close();
  await token.close();
  const answers = [token.read(), await token.get(), await token.invalidate()];
  await clock.advance(24 * hourMs);

  expect(answers.map((each) => each.unwrapErr().code)).toEqual(['TOKEN_CLOSED', 'TOKEN_CLOSED', 'TOKEN_CLOSED']);
  expect(issuer.asked).toHaveLength(1);
  expect(clock.waits).toEqual([]);
});

test('a token can be closed by the end of its block', async () => {
  const token = await tokenFrom(fakeIssuer());

  await token[Symbol.asyncDispose]();

  expect(token.read().unwrapErr().code).toBe('TOKEN_CLOSED');
});

test('the status says where the token stands, and nothing of what it is', async () => {
  const clock = virtualClock();
  const token = await tokenFrom(fakeIssuer(grant('at_CANARY_1', { scope: 'a b' })), { clock });
  const now = clock.now();

  const status = token.status();

  expect(status).toEqual({
    state: 'fresh',
    generation: 1,
    issuedAt: now,
    expiresAt: now + hourMs,
    renewsAt: now + hourMs / 2,
    validForMs: hourMs,
    scopes: ['a', 'b'],
    failure: undefined,
  });
  expect(status).toHideSecrets(canary);
});

test('before the first token the status says none', async () => {
  const token = await tokenFrom(fakeIssuer(), { start: 'lazy' });

  expect(token.status()).toMatchObject({ state: 'none', generation: 0, issuedAt: undefined, renewsAt: undefined });
});

test('neither the handle nor its token print a secret', async () => {
  const token = await tokenFrom(fakeIssuer());

  expect(token).toHideSecrets(canary);
  expect(token.read()).toHideSecrets(canary);
  expect(token.read().unwrap()).toHideSecrets(canary);
});
