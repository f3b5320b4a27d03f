import { systemClock } from '@bearings/client';
import { discover } from '@bearings/oidc-discovery';
import { Token } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import { fakeApi } from '../src/fake-api.ts';
import { fakeIssuer } from '../src/fake-issuer.ts';
import type { FakeIssuer } from '../src/fake-issuer.ts';
import { faults } from '../src/fault.ts';
import type { Fault, IssuerFault } from '../src/fault.ts';
import { virtualClock } from '../src/virtual-clock.ts';

/** Asks for a token and gives what came. */
async function ask(issuer: FakeIssuer): Promise<Response> {
  const { clientId, clientSecret } = issuer.credentials;
  const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  return issuer.fetch(issuer.tokenEndpoint, { method: 'POST', body: new URLSearchParams(body) });
}

async function askWith(fault: IssuerFault | Fault, clock = virtualClock()): Promise<Response> {
  const issuer = fakeIssuer({ clock, tokenFormat: 'opaque' });
  issuer.inject(fault);
  return ask(issuer);
}

test('another status comes with its headers and body', async () => {
  const answer = await askWith(faults.status(429, { headers: { 'retry-after': '30' }, body: { error: 'slow_down' } }));

  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30']);
  expect(await answer.json()).toEqual({ error: 'slow_down' });
});

test.each<[string, Fault | IssuerFault, Record<string, unknown>]>([
  ['a missing expires_in', faults.expiresIn(undefined), { access_token: 'opaque-token-1', token_type: 'Bearer' }],
  [
    'an odd expires_in',
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
])('%s is sent as told', async (_what, fault, body) => {
  expect(await (await askWith(fault)).json()).toEqual(body);
});

test('an empty 200 and another content type are sent as told', async () => {
  const empty = await askWith(faults.empty());
  const html = await askWith(faults.contentType('text/html'));

  expect([empty.status, await empty.text()]).toEqual([200, '']);
  expect([html.headers.get('content-type'), await html.json()]).toEqual(['text/html', expect.anything()]);
});

test('an oversized body is as large as told, and a bomb is small until it is inflated', async () => {
  const large = await (await askWith(faults.oversized(100_000))).text();
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.gzipBomb(100_000));
  const { clientId, clientSecret } = issuer.credentials;
  const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };

  const bomb = await fetch(issuer.tokenEndpoint, { method: 'POST', body: new URLSearchParams(body) });

  expect(large.length).toBeGreaterThan(100_000);
  expect(Number(bomb.headers.get('content-length'))).toBeLessThan(2_000);
  expect((await bomb.text()).length).toBeGreaterThan(100_000);
});

test('the Date header is off by as much as told', async () => {
  const clock = virtualClock({ startAt: 1_000_000_000_000 });

  const answer = await askWith(faults.dateSkew(-3_600_000), clock);

  expect(Date.parse(answer.headers.get('date') ?? '')).toBe(1_000_000_000_000 - 3_600_000);
});

test('metadata of a wrong issuer is sent at the metadata endpoint', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.wrongIssuer('https://evil.test'));

  const found = await discover(issuer.issuerUrl, { fetch: issuer.fetch });

  expect(found.unwrapErr().code).toBe('ISSUER_MISMATCH');
});

test('a delay passes on the virtual clock', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.delay(5_000));
  let isAnswered = false;

  const asked = ask(issuer).finally(() => (isAnswered = true));
  await clock.advance(4_999);
  const early = isAnswered;
  await clock.advance(1);

  expect(early).toBe(false);
  expect((await asked).status).toBe(200);
});

test('a request that hangs is let go when the fault is lifted, and ends for its caller when he aborts', async () => {
  const issuer = fakeIssuer();
  const hang = issuer.inject(faults.hang());
  const patient = ask(issuer);
  const caller = new AbortController();
  const impatient = issuer.fetch(issuer.tokenEndpoint, { method: 'POST', signal: caller.signal });

  caller.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');
  hang.clear();

  expect((await patient).status).toBe(200);
  expect(hang.hits).toBe(2);
});

test('a delay stays when another fault changes the answer after it', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject([faults.delay(5_000), faults.status(503)]);
  let isAnswered = false;

  const asked = ask(issuer).finally(() => (isAnswered = true));
  await clock.advance(4_999);
  const early = isAnswered;
  await clock.advance(1);

  expect([early, (await asked).status]).toEqual([false, 503]);
});

test('an issuer that is unreachable fails as a network does', async () => {
  await expect(askWith(faults.unreachable())).rejects.toMatchObject({ message: 'fetch failed' });
});

test('faults for a number of requests come in the order they were injected, then what stays until lifted', async () => {
  const issuer = fakeIssuer();
  const outage = issuer.inject(faults.status(503));
  issuer.inject(faults.status(500), { times: 2 });
  issuer.inject(faults.status(429), { times: 1 });

  const seen = [];
  for (let count = 0; count < 5; count += 1) seen.push((await ask(issuer)).status);
  outage.clear();
  seen.push((await ask(issuer)).status);

  expect(seen).toEqual([500, 500, 429, 503, 503, 200]);
});

test('several faults happen at once, in their order', async () => {
  const issuer = fakeIssuer();
  issuer.inject([
    faults.status(503, { body: {} }),
    faults.member('error', 'server_error'),
    faults.contentType('text/json'),
  ]);

  const answer = await ask(issuer);

  expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
    503,
    'text/json',
    { error: 'server_error' },
  ]);
});

test('using lifts a fault at the end of the block, and heal lifts all', async () => {
  const issuer = fakeIssuer();
  {
    using outage = issuer.inject(faults.status(503));
    expect((await ask(issuer)).status).toBe(503);
    expect(outage.hits).toBe(1);
  }
  const between = (await ask(issuer)).status;
  issuer.inject(faults.status(500));
  issuer.heal();

  expect([between, (await ask(issuer)).status]).toEqual([200, 200]);
});

test('a fault is about one endpoint, or about all of them', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.status(503), { on: 'jwks' });
  const one = [(await issuer.fetch(`${issuer.origin}/jwks`)).status, (await ask(issuer)).status];
  issuer.inject(faults.status(500), { on: 'all' });
  const all = [(await issuer.fetch(`${issuer.origin}/jwks`)).status, (await ask(issuer)).status];

  expect([one, all]).toEqual([
    [503, 200],
    [500, 500],
  ]);
});

test('an API has faults too, on all routes or on one', async () => {
  const issuer = fakeIssuer();
  const api = fakeApi(issuer, { 'GET /a': () => 1, 'GET /b': () => 2 });
  api.inject(faults.status(503), { on: 'GET /b' });

  const seen = [(await api.fetch(`${api.origin}/a`)).status, (await api.fetch(`${api.origin}/b`)).status];

  expect(seen).toEqual([401, 503]);
});

test('a key rotation makes tokens of the old key unknown', async () => {
  const issuer = fakeIssuer();
  await using token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  const old = token.read().unwrap().secret.expose();
  issuer.inject(faults.keyRotation(), { times: 1 });

  await ask(issuer);

  expect(issuer.introspect(old)).toBe('unknown');
});

test('an early revocation ends tokens before their time', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.earlyRevocation(60_000), { times: 1 });
  const { access_token: token } = (await (await ask(issuer)).json()) as { access_token: string };

  await clock.advance(59_999);
  const before = issuer.introspect(token);
  await clock.advance(1);

  expect(before).toMatchObject({ clientId: 'test-client' });
  expect(issuer.introspect(token)).toBe('revoked');
});

test.each([faults.reset(), faults.truncate(), faults.drip()])('$name needs a socket and says so', (fault) => {
  expect(() => fakeIssuer().inject(fault)).toThrow(
    `The fault '${fault.name}' happens on a connection: call listen() first`,
  );
});

test('what cannot be meant is refused: a place that is not there, a number that is none', () => {
  const issuer = fakeIssuer({ clock: systemClock });

  expect(() => issuer.inject(faults.hang(), { on: 'tokens' })).toThrow(
    "There is no 'tokens' here: on is all, token, metadata, jwks",
  );
  expect(() => issuer.inject(faults.hang(), { times: 0 })).toThrow('times must be 1 or more requests, not 0');
});
