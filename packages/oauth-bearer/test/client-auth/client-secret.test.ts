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
function createIssuer(clock?: VirtualClock): { readonly issuer: FakeIssuer; known: readonly string[] } {
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
  const { issuer } = createIssuer();

  const answer = await fetchToken(configFor(issuer, { clientSecret }));

  expect(answer.isOk()).toBe(true);
  expect(issuer.counts.token).toBe(1);
});

test('a secret that changes in its store is used at the next acquisition, without a restart', async () => {
  const clock = virtualClock();
  const operator = createIssuer(clock);
  let stored = now;
  const token = await createToken(operator.issuer, { clock, clientSecret: async () => stored });

  stored = next;
  operator.known = [next];
  await clock.advance(hourMs / 2);

  expect(token.status()).toMatchObject({ state: 'fresh', generation: 2, failure: undefined });
  expect(operator.issuer.counts.refused).toBe(0);
});

test('a secret function is called once per acquisition, however often the request is sent', async () => {
  const clock = virtualClock();
  const { issuer } = createIssuer(clock);
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

test('the previous secret is tried when the server refuses the current one, and the event names it', async () => {
  const clock = virtualClock();
  const operator = createIssuer(clock);
  const token = await createToken(operator.issuer, { clock, start: 'lazy', clientSecret: [next, now] });
  const events = recordEvents(token);

  await token.get();
  const asked = operator.issuer.counts.token;
  operator.known = [next, now];
  await clock.advance(hourMs / 2);

  expect(asked).toBe(2);
  expect(operator.issuer.counts.token).toBe(3);
  expect(events).toEqual([
    expect.objectContaining({ type: 'acquired', secret: 'previous' }),
    expect.objectContaining({ type: 'renewed', secret: 'current' }),
  ]);
});

test('a secret that changed while it was sent is read again before the acquisition fails', async () => {
  const { issuer } = createIssuer();
  const stored = [old, now, 'never asked for'];

  const answer = await fetchToken(configFor(issuer, { clientSecret: () => stored.shift() ?? '' }));

  expect(answer.isOk()).toBe(true);
  expect(issuer.counts.token).toBe(2);
  expect(stored).toEqual(['never asked for']);
});

test('a secret that has not changed is not sent again', async () => {
  const { issuer } = createIssuer();

  const error = (await fetchToken(configFor(issuer, { clientSecret: () => old }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_client' });
  expect(issuer.counts.token).toBe(1);
});

test("when the secret cannot be read again, the server's refusal is the error", async () => {
  const { issuer } = createIssuer();
  const stored = [old];

  const error = (await fetchToken(configFor(issuer, { clientSecret: () => stored.shift() ?? '' }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_client' });
});

test('an error of Bearings about an unavailable secret is kept', async () => {
  const { issuer } = createIssuer();
  const gone = new ConfigError('clientSecretRef', 'names the file /run/secrets/svc, which does not exist');
  const clientSecret = (): never => {
    throw gone;
  };

  const error = (await fetchToken(configFor(issuer, { clientSecret }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', cause: gone });
  expect(error.message).toContain('/run/secrets/svc');
});

test('the previous secret is tried in the body as well as in the header', async () => {
  const { issuer } = createIssuer();

  const answer = await fetchToken(
    configFor(issuer, { clientAuthMethod: 'client_secret_post', clientSecret: [next, now] }),
  );

  const sent = issuer.requests.flatMap((request) => request.params('client_secret'));
  expect(answer.isOk()).toBe(true);
  expect(sent).toEqual([next, now]);
});

test('a secret can be changed step by step with no call that fails', async () => {
  const clock = virtualClock();
  const operator = createIssuer(clock);
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

test('when the server refuses both secrets, the error is invalid_client', async () => {
  const { issuer } = createIssuer();

  const error = (await fetchToken(configFor(issuer, { clientSecret: [next, old] }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', status: 401, oauthError: 'invalid_client', retryable: false });
  expect(error).toHideSecrets([next, old]);
  expect(issuer.counts.token).toBe(2);
});

test.each<[string, number, string | object]>([
  ['invalid_client with 400', 400, { error: 'invalid_client' }],
  ["Keycloak's unauthorized_client", 401, { error: 'unauthorized_client' }],
  ["Auth0's access_denied", 401, { error: 'access_denied' }],
  ["a gateway's bare 401", 401, ''],
  ["a gateway's 401 with a page", 401, '<html>Unauthorized</html>'],
  ["Glewlwyd's bare 403", 403, ''],
  ['a 401 with a huge page', 401, 'x'.repeat(2 * 1024 * 1024)],
])('the previous secret is tried after %s', async (_, status, body) => {
  const { issuer } = createIssuer();
  issuer.inject(faults.status(status, { body }), { times: 1 });
  const config = configFor(issuer, { clientAuthMethod: 'client_secret_post', clientSecret: [next, now] });

  const answer = await fetchToken(config);

  const sent = issuer.requests.flatMap((request) => request.params('client_secret'));
  expect(answer.isOk()).toBe(true);
  expect(sent).toEqual([next, now]);
});

test('a secret that changes while it is refused with a bare 401 is sent at once', async () => {
  const { issuer } = createIssuer();
  issuer.inject(faults.status(401), { times: 1 });
  const stored = [next, now];

  const answer = await fetchToken(configFor(issuer, { clientSecret: () => stored.shift() ?? '' }));

  expect(answer.isOk()).toBe(true);
});

test.each<[string, number, number, object]>([
  ['a scope', 400, 1, { error: 'invalid_scope' }],
  ['the client for what it asks', 400, 1, { error: 'unauthorized_client' }],
  ['the audience', 403, 1, { error: 'access_denied' }],
  ['the network, as a firewall does', 403, 1, { message: 'Forbidden' }],
  ['anything, being down', 503, 3, {}],
])('the previous secret is not sent to a server that refuses %s', async (...[, status, requests, body]) => {
  const { issuer } = createIssuer();
  issuer.inject(faults.status(status, { body }));
  const config = configFor(issuer, { clientAuthMethod: 'client_secret_post', clientSecret: [now, old] });

  const answer = await fetchToken(config);

  const sent = issuer.requests.flatMap((request) => request.params('client_secret'));
  expect(answer.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status });
  expect(sent).toEqual(Array.from({ length: requests }, () => now));
});

test('with one secret the event does not say which', async () => {
  const { issuer } = createIssuer();
  const token = await createToken(issuer, { start: 'lazy', clientSecret: () => now });
  const events = recordEvents(token);

  await token.get();

  expect(events).toHaveLength(1);
  expect(events[0]).not.toHaveProperty('secret');
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
])('a secret function that %s leaves no token, and its error is not shown', async (_, clientSecret) => {
  const { issuer } = createIssuer();

  const error = (await fetchToken(configFor(issuer, { clientSecret }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryable: true });
  expect(error.message).toContain('clientSecret');
  expect(error).toHideSecrets([now]);
  expect(issuer.counts.token).toBe(0);
});

test('a secret function that never answers is given up after acquireTimeoutMs', async () => {
  const clock = virtualClock();
  const { issuer } = createIssuer(clock);
  const clientSecret = (): Promise<never> => new Promise(() => {});

  const answer = fetchToken(configFor(issuer, { clock, clientSecret, acquireTimeoutMs: 5_000 }));
  await clock.advance(5_000);

  expect((await answer).unwrapErr()).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  expect(issuer.counts.token).toBe(0);
});

test('when the secret function works again, the next attempt brings a token', async () => {
  const clock = virtualClock();
  const { issuer } = createIssuer(clock);
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
])('%s is not a secret, as a value or from a function', async (_, value) => {
  const { issuer } = createIssuer();

  const atOnce = await Token.create(configFor(issuer, { clientSecret: untyped(value) }));
  const sentAtOnce = issuer.requests.length;
  const later = await Token.create(configFor(issuer, { clientSecret: () => value as string }));

  for (const created of [atOnce, later]) {
    expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientSecret', retryable: false });
    expect(created.unwrapErr()).toHideSecrets([next, now, old]);
  }
  expect([sentAtOnce, issuer.counts.token]).toEqual([0, 0]);
});

test('changing the list afterwards has no effect', async () => {
  const { issuer } = createIssuer();
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
])('a token does not print its secret: %s', async (_, clientSecret) => {
  const { issuer } = createIssuer();

  const token = await createToken(issuer, { clientSecret });

  expect(token).toHideSecrets([next, now]);
  expect(token.status()).toHideSecrets([next, now]);
  await token.close();
});
