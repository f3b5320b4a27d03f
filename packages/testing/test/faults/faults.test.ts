import { systemClock } from '@bearings/client';
import { discover } from '@bearings/oidc-discovery';
import { Token } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import { fakeApi } from '../../src/api/fake-api.ts';
import { fakeIssuer } from '../../src/issuer/fake-issuer.ts';
import type { FakeIssuer } from '../../src/issuer/fake-issuer.ts';
import { faults } from '../../src/faults/faults.ts';
import type { Fault, IssuerFault } from '../../src/faults/faults.ts';
import { virtualClock } from '../../src/clock/virtual-clock.ts';

/** Sends a token request. */
async function requestToken(issuer: FakeIssuer): Promise<Response> {
  const { clientId, clientSecret } = issuer.credentials;
  const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  return issuer.fetch(issuer.tokenEndpoint, { method: 'POST', body: new URLSearchParams(body) });
}

async function requestTokenWith(fault: IssuerFault | Fault, clock = virtualClock()): Promise<Response> {
  const issuer = fakeIssuer({ clock, tokenFormat: 'opaque' });
  issuer.inject(fault);
  return requestToken(issuer);
}

test('status changes status, headers and body', async () => {
  const answer = await requestTokenWith(
    faults.status(429, { headers: { 'retry-after': '30' }, body: { error: 'slow_down' } }),
  );

  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30']);
  expect(await answer.json()).toEqual({ error: 'slow_down' });
});

test.each<[string, Fault | IssuerFault, Record<string, unknown>]>([
  ['a missing expires_in', faults.expiresIn(undefined), { access_token: 'opaque-token-1', token_type: 'Bearer' }],
  [
    'an invalid expires_in',
    faults.expiresIn('soon'),
    { access_token: 'opaque-token-1', token_type: 'Bearer', expires_in: 'soon' },
  ],
  [
    'another token_type',
    faults.tokenType('MAC'),
    { access_token: 'opaque-token-1', token_type: 'MAC', expires_in: 3_600 },
  ],
  [
    'another member',
    faults.member('access_token', null),
    { access_token: null, token_type: 'Bearer', expires_in: 3_600 },
  ],
])('%s is sent', async (_what, fault, body) => {
  expect(await (await requestTokenWith(fault)).json()).toEqual(body);
});

test('empty sends an empty 200, contentType another content type', async () => {
  const empty = await requestTokenWith(faults.empty());
  const html = await requestTokenWith(faults.contentType('text/html'));

  expect([empty.status, await empty.text()]).toEqual([200, '']);
  expect([html.headers.get('content-type'), await html.json()]).toEqual(['text/html', expect.anything()]);
});

test('oversized sends a large body, gzipBomb a small one that decompresses to a large one', async () => {
  const large = await (await requestTokenWith(faults.oversized(100_000))).text();
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.gzipBomb(100_000));
  const { clientId, clientSecret } = issuer.credentials;
  const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };

  const bomb = await fetch(issuer.tokenEndpoint, { method: 'POST', body: new URLSearchParams(body) });

  expect(large.length).toBeGreaterThan(100_000);
  expect(Number(bomb.headers.get('content-length'))).toBeLessThan(2_000);
  expect((await bomb.text()).length).toBeGreaterThan(100_000);
});

test('dateSkew moves the Date header', async () => {
  const clock = virtualClock({ startAt: 1_000_000_000_000 });

  const answer = await requestTokenWith(faults.dateSkew(-3_600_000), clock);

  expect(Date.parse(answer.headers.get('date') ?? '')).toBe(1_000_000_000_000 - 3_600_000);
});

test('wrongIssuer changes the metadata', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.wrongIssuer('https://evil.test'));

  const found = await discover(issuer.issuerUrl, { fetch: issuer.fetch });

  expect(found.unwrapErr().code).toBe('ISSUER_MISMATCH');
});

test('delay uses the virtual clock', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.delay(5_000));
  let isAnswered = false;

  const requested = requestToken(issuer).finally(() => (isAnswered = true));
  await clock.advance(4_999);
  const early = isAnswered;
  await clock.advance(1);

  expect(early).toBe(false);
  expect((await requested).status).toBe(200);
});

test('a hanging request is answered when the fault is cleared, and rejected when its caller aborts', async () => {
  const issuer = fakeIssuer();
  const hang = issuer.inject(faults.hang());
  const waiting = requestToken(issuer);
  const caller = new AbortController();
  const aborted = issuer.fetch(issuer.tokenEndpoint, { method: 'POST', signal: caller.signal });

  caller.abort(new Error('user left'));
  await expect(aborted).rejects.toThrow('user left');
  hang.clear();

  expect((await waiting).status).toBe(200);
  expect(hang.hits).toBe(2);
});

test('a delay remains when a later fault replaces the response', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject([faults.delay(5_000), faults.status(503)]);
  let isAnswered = false;

  const requested = requestToken(issuer).finally(() => (isAnswered = true));
  await clock.advance(4_999);
  const early = isAnswered;
  await clock.advance(1);

  expect([early, (await requested).status]).toEqual([false, 503]);
});

test('unreachable fails like a network error', async () => {
  await expect(requestTokenWith(faults.unreachable())).rejects.toMatchObject({ message: 'fetch failed' });
});

test('faults with times apply in the order of injection, then the fault without times', async () => {
  const issuer = fakeIssuer();
  const outage = issuer.inject(faults.status(503));
  issuer.inject(faults.status(500), { times: 2 });
  issuer.inject(faults.status(429), { times: 1 });

  const seen = [];
  for (let count = 0; count < 5; count += 1) seen.push((await requestToken(issuer)).status);
  outage.clear();
  seen.push((await requestToken(issuer)).status);

  expect(seen).toEqual([500, 500, 429, 503, 503, 200]);
});

test('an array of faults applies all of them in order', async () => {
  const issuer = fakeIssuer();
  issuer.inject([
    faults.status(503, { body: {} }),
    faults.member('error', 'server_error'),
    faults.contentType('text/json'),
  ]);

  const answer = await requestToken(issuer);

  expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
    503,
    'text/json',
    { error: 'server_error' },
  ]);
});

test('using clears a fault at the end of the block, clearFaults clears all', async () => {
  const issuer = fakeIssuer();
  {
    using outage = issuer.inject(faults.status(503));
    expect((await requestToken(issuer)).status).toBe(503);
    expect(outage.hits).toBe(1);
  }
  const between = (await requestToken(issuer)).status;
  issuer.inject(faults.status(500));
  issuer.clearFaults();

  expect([between, (await requestToken(issuer)).status]).toEqual([200, 200]);
});

test('a fault applies to one endpoint or to all', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.status(503), { on: 'jwks' });
  const one = [(await issuer.fetch(`${issuer.origin}/jwks`)).status, (await requestToken(issuer)).status];
  issuer.inject(faults.status(500), { on: 'all' });
  const all = [(await issuer.fetch(`${issuer.origin}/jwks`)).status, (await requestToken(issuer)).status];

  expect([one, all]).toEqual([
    [503, 200],
    [500, 500],
  ]);
});

test('an API has faults too, for one route', async () => {
  const issuer = fakeIssuer();
  const api = fakeApi(issuer, { 'GET /a': () => 1, 'GET /b': () => 2 });
  api.inject(faults.status(503), { on: 'GET /b' });

  const seen = [(await api.fetch(`${api.origin}/a`)).status, (await api.fetch(`${api.origin}/b`)).status];

  expect(seen).toEqual([401, 503]);
});

test('keyRotation makes tokens of the old key unknown', async () => {
  const issuer = fakeIssuer();
  await using token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  const old = token.read().unwrap().secret.expose();
  issuer.inject(faults.keyRotation(), { times: 1 });

  await requestToken(issuer);

  expect(issuer.introspect(old)).toBe('unknown');
});

test('earlyRevocation revokes tokens before their expiry', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.earlyRevocation(60_000), { times: 1 });
  const { access_token: token } = (await (await requestToken(issuer)).json()) as { access_token: string };

  await clock.advance(59_999);
  const before = issuer.introspect(token);
  await clock.advance(1);

  expect(before).toMatchObject({ clientId: 'test-client' });
  expect(issuer.introspect(token)).toBe('revoked');
});

test.each([faults.reset(), faults.truncate(), faults.drip()])(
  '$name without listen() is rejected with a hint',
  (fault) => {
    expect(() => fakeIssuer().inject(fault)).toThrow(
      `The fault '${fault.name}' needs a connection: call listen() first`,
    );
  },
);

test('inject rejects an unknown endpoint and invalid times', () => {
  const issuer = fakeIssuer({ clock: systemClock });

  expect(() => issuer.inject(faults.hang(), { on: 'tokens' })).toThrow(
    "There is no endpoint 'tokens': on must be one of all, token, metadata, jwks",
  );
  expect(() => issuer.inject(faults.hang(), { times: 0 })).toThrow('times must be at least 1, not 0');
});
