import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import '@bearings/testing/vitest';
import { ConfigError } from '@bearings/client/errors';
import { expect, test } from 'vitest';
import type { ClientSecret } from '../../src/client-auth/client-secret.ts';
import { fetchToken } from '../../src/token/fetch-token.ts';
import { SecretString } from '../../src/secret-string.ts';
import { Token } from '../../src/token/token.ts';
import { configFor, createToken, recordEvents } from '../create-token.ts';

const hourMs = 3_600_000;
const [next, now, old] = ['cs_CANARY_next', 'cs_CANARY_now', 'cs_CANARY_old'];

/** An issuer whose operator can change the secrets it knows. */
function issuerOf(clock?: VirtualClock): { readonly issuer: FakeIssuer; known: readonly string[] } {
  const operator = { known: [now] };
  const client = {
    clientId: 'svc',
    get clientSecret() {
      return operator.known;
    },
  };
  return Object.assign(operator, { issuer: fakeIssuer({ clients: [client], ...(clock && { clock }) }) });
}

/** What plain JavaScript, or a store of secrets, may hand over. */
const untyped = (value: unknown): ClientSecret => value as ClientSecret;

test.each<[string, ClientSecret]>([
  ['a string', now],
  ['a SecretString', new SecretString(now)],
  ['a function of a string', () => now],
  ['a function of a SecretString', () => new SecretString(now)],
  ['an asynchronous function', async () => now],
  ['a list of two', [now, old]],
  ['an asynchronous function of a list of two', async () => [new SecretString(now), old]],
])('%s is a secret', async (_, clientSecret) => {
  const { issuer } = issuerOf();

  const answer = await fetchToken(configFor(issuer, { clientSecret }));

  expect(answer.isOk()).toBe(true);
  expect(issuer.counts.token).toBe(1);
});

test('a secret that changes in its store is used at the next acquisition, without a restart', async () => {
  const clock = virtualClock();
  const operator = issuerOf(clock);
  let stored = now;
  const token = await createToken(operator.issuer, { clock, clientSecret: async () => stored });

  stored = next;
  operator.known = [next];
  await clock.advance(hourMs / 2);

  expect(token.status()).toMatchObject({ state: 'fresh', generation: 2, failure: undefined });
  expect(operator.issuer.counts.refused).toBe(0);
});

test('a store is asked once for an acquisition, however often the request is sent', async () => {
  const clock = virtualClock();
  const { issuer } = issuerOf(clock);
  let asked = 0;
  const clientSecret = async (): Promise<string> => {
    asked += 1;
    return now;
  };
  issuer.inject(faults.status(503), { times: 2 });

  await createToken(issuer, { clock, clientSecret });

  expect(issuer.counts).toMatchObject({ token: 3, granted: 1 });
  expect(asked).toBe(1);
});

test('the previous secret is tried when the server does not know the current one, and the event says so', async () => {
  const clock = virtualClock();
  const operator = issuerOf(clock);
  const token = await createToken(operator.issuer, { clock, start: 'lazy', clientSecret: [next, now] });
  const told = recordEvents(token);

  await token.get();
  const asked = operator.issuer.counts.token;
  operator.known = [next, now];
  await clock.advance(hourMs / 2);

  expect(asked).toBe(2);
  expect(operator.issuer.counts.token).toBe(3);
  expect(told).toEqual([
    expect.objectContaining({ type: 'acquired', secret: 'previous' }),
    expect.objectContaining({ type: 'renewed', secret: 'current' }),
  ]);
});

test('a secret that changed while it was sent is asked for once more, before the client counts as unknown', async () => {
  const { issuer } = issuerOf();
  const stored = [old, now, 'never asked for'];

  const answer = await fetchToken(configFor(issuer, { clientSecret: () => stored.shift() ?? '' }));

  expect(answer.isOk()).toBe(true);
  expect(issuer.counts.token).toBe(2);
  expect(stored).toEqual(['never asked for']);
});

test('a secret that has not changed is not sent again', async () => {
  const { issuer } = issuerOf();

  const error = (await fetchToken(configFor(issuer, { clientSecret: () => old }))).unwrapErr();

  expect(error).toMatchObject({ code: 'HTTP', oauthError: 'invalid_client' });
  expect(issuer.counts.token).toBe(1);
});

test('a store that fails when it is asked once more leaves the answer of the server', async () => {
  const { issuer } = issuerOf();
  const stored = [old];

  const error = (await fetchToken(configFor(issuer, { clientSecret: () => stored.shift() ?? '' }))).unwrapErr();

  expect(error).toMatchObject({ code: 'HTTP', oauthError: 'invalid_client' });
});

test('what Bearings itself says of a secret that cannot be had is kept', async () => {
  const { issuer } = issuerOf();
  const gone = new ConfigError('clientSecretRef', 'names the file /run/secrets/svc, which does not exist');
  const clientSecret = (): never => {
    throw gone;
  };

  const error = (await fetchToken(configFor(issuer, { clientSecret }))).unwrapErr();

  expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: gone });
  expect(error.message).toContain('/run/secrets/svc');
});

test('the previous secret is tried in the body as well as in the header', async () => {
  const { issuer } = issuerOf();

  const answer = await fetchToken(
    configFor(issuer, { clientAuthMethod: 'client_secret_post', clientSecret: [next, now] }),
  );

  const sent = issuer.requests.flatMap((request) => request.params('client_secret'));
  expect(answer.isOk()).toBe(true);
  expect(sent).toEqual([next, now]);
});

test('a secret can be changed step by step with no call that fails', async () => {
  const clock = virtualClock();
  const operator = issuerOf(clock);
  let stored: readonly [string, string] = [now, old];
  const token = await createToken(operator.issuer, { clock, clientSecret: () => stored });
  const failed: unknown[] = [];
  token.subscribe((event) => void (event.type === 'renewal-failed' && failed.push(event)));

  stored = [next, now];
  await token.invalidate();
  operator.known = [next, now];
  await token.invalidate();
  operator.known = [next];
  await token.invalidate();

  expect(token.status().generation).toBe(4);
  expect(failed).toEqual([]);
});

test('when neither secret is known, the error is that of a client that is not known', async () => {
  const { issuer } = issuerOf();

  const error = (await fetchToken(configFor(issuer, { clientSecret: [next, old] }))).unwrapErr();

  expect(error).toMatchObject({ code: 'HTTP', status: 401, oauthError: 'invalid_client', retryable: false });
  expect(error).toHideSecrets([next, old]);
  expect(issuer.counts.token).toBe(2);
});

test.each<[string, number, number, object]>([
  ['a scope', 400, 1, { error: 'invalid_scope' }],
  ['the client for what it asks', 400, 1, { error: 'unauthorized_client' }],
  ['anything, being down', 503, 3, {}],
])('a server that refuses %s is not shown the previous secret', async (...[, status, requests, body]) => {
  const { issuer } = issuerOf();
  issuer.inject(faults.status(status, { body }));
  const config = configFor(issuer, { clientAuthMethod: 'client_secret_post', clientSecret: [now, old] });

  const answer = await fetchToken(config);

  const sent = issuer.requests.flatMap((request) => request.params('client_secret'));
  expect(answer.unwrapErr()).toMatchObject({ code: 'HTTP', status });
  expect(sent).toEqual(Array.from({ length: requests }, () => now));
});

test('with one secret the event does not say which', async () => {
  const { issuer } = issuerOf();
  const token = await createToken(issuer, { start: 'lazy', clientSecret: () => now });
  const told = recordEvents(token);

  await token.get();

  expect(told).toHaveLength(1);
  expect(told[0]).not.toHaveProperty('secret');
  await token.close();
});

test.each<[string, () => never | Promise<never>]>([
  [
    'throws',
    () => {
      throw new Error(`${now} is sealed`);
    },
  ],
  ['rejects', () => Promise.reject(new Error(`${now} is sealed`))],
])('a store that %s leaves no token and does not print what it said', async (_, clientSecret) => {
  const { issuer } = issuerOf();

  const error = (await fetchToken(configFor(issuer, { clientSecret }))).unwrapErr();

  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(error.message).toContain('clientSecret');
  expect(error).toHideSecrets([now]);
  expect(issuer.counts.token).toBe(0);
});

test('a store that never answers is given up when the acquisition has taken too long', async () => {
  const clock = virtualClock();
  const { issuer } = issuerOf(clock);
  const clientSecret = (): Promise<never> => new Promise(() => {});

  const answer = fetchToken(configFor(issuer, { clock, clientSecret, acquireTimeoutMs: 5_000 }));
  await clock.advance(5_000);

  expect((await answer).unwrapErr()).toMatchObject({ code: 'UNAVAILABLE' });
  expect(issuer.counts.token).toBe(0);
});

test('a store that is back brings the token at the next attempt', async () => {
  const clock = virtualClock();
  const { issuer } = issuerOf(clock);
  let isSealed = true;
  const clientSecret = async (): Promise<string> => (isSealed ? Promise.reject(new Error('sealed')) : now);
  const token = await createToken(issuer, { clock, start: 'lazy', clientSecret });

  const early = await token.get();
  isSealed = false;
  await clock.advance(1_000);

  expect(early.isErr()).toBe(true);
  expect((await token.get()).isOk()).toBe(true);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['an empty string', ''],
  ['an empty SecretString', new SecretString('')],
  ['an empty list', []],
  ['an empty string in a list', [now, '']],
  ['three secrets', [next, now, old]],
  ['half a surrogate pair', `${now}\uD800`],
])('%s is no secret, given at once or by a function', async (_, value) => {
  const { issuer } = issuerOf();

  const atOnce = await Token.create(configFor(issuer, { clientSecret: untyped(value) }));
  const sentAtOnce = issuer.requests.length;
  const later = await Token.create(configFor(issuer, { clientSecret: () => value as string }));

  for (const created of [atOnce, later]) {
    expect(created.unwrapErr()).toMatchObject({ code: 'CONFIG', field: 'clientSecret', retryable: false });
    expect(created.unwrapErr()).toHideSecrets([next, now, old]);
  }
  expect([sentAtOnce, issuer.counts.token]).toEqual([0, 0]);
});

test('a list that is changed afterwards is what it was', async () => {
  const { issuer } = issuerOf();
  const secrets: [string, string] = [now, old];
  const token = await createToken(issuer, { start: 'lazy', clientSecret: secrets });

  secrets[0] = next;
  const answer = await token.get();

  expect(answer.isOk()).toBe(true);
  expect(issuer.counts.token).toBe(1);
  await token.close();
});

test.each<[string, ClientSecret]>([
  ['a string', now],
  ['a list', [next, now]],
  ['a function', () => now],
])('a token does not print the secret it was given as %s', async (_, clientSecret) => {
  const { issuer } = issuerOf();

  const token = await createToken(issuer, { clientSecret });

  expect(token).toHideSecrets([next, now]);
  expect(token.status()).toHideSecrets([next, now]);
  await token.close();
});
