import { createClient, formatHttpError } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import type { Fault } from '@bearings/testing';
import { expect } from 'vitest';
import { minuteMs, resource, createService, tokenValue } from './create-service.ts';
import { createNetwork } from './example-network.ts';
import { maxPerSecond } from './fleet.ts';
import { settleCall, getError, expectCallOutcome, getResponse, getStatus } from './call-outcome.ts';
import { createRawServer } from './raw-server.ts';
import { plain } from './redirecting-network.ts';
import { replay } from './replay.ts';

const unauthorized = (challenge: string): Fault => faults.status(401, { headers: { 'www-authenticate': challenge } });
const invalidToken = unauthorized('Bearer error="invalid_token"');

/** A retry that does not wait. */
const atOnce = { random: () => 0, retry: 2 };

replay('R4-001', async ({ entry, hides }) => {
  const { client, issuer, sent, token } = await createService();
  issuer.revoke();

  const outcome = await settleCall(client.fetch('orders'));

  expectCallOutcome(entry, outcome);
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
  expect(issuer.counts.token).toBe(2);
  hides([token, client, token.status()]);
});

replay('R4-002', async ({ entry, hides }) => {
  const { api, client, issuer, sent } = await createService();
  api.inject(unauthorized('Bearer error="invalid_token", error_description="first"'), { times: 1 });
  api.inject(unauthorized('Bearer error="invalid_token", error_description="second"'));

  const outcome = await settleCall(client.get('orders'));

  expectCallOutcome(entry, outcome);
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
  expect(issuer.counts.token).toBe(2);
  const error = getError(outcome);
  expect(getResponse(outcome).headers.get('www-authenticate')).toContain('second');
  hides([error, formatHttpError(error, 'orders')]);
});

replay('R4-003', async ({ entry }) => {
  const { api, client, sent } = await createService();
  api.inject(faults.status(401), { times: 1 });

  expectCallOutcome(entry, await settleCall(client.fetch('orders')));

  expect(api.requests[0]?.status).toBe(401);
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
});

replay('R4-005', async ({ entry, hides }) => {
  const routes = { 'GET /orders': { scopes: ['orders.write'], answer: () => ({}) } };
  const { api, client, issuer, sent, token } = await createService({ routes, token: { scopes: ['orders.read'] } });

  const outcome = await settleCall(client.get('orders'));

  expectCallOutcome(entry, outcome);
  expect(api.counts.requests).toBe(1);
  expect(issuer.counts.token).toBe(1);
  const error = getError(outcome);
  expect(getResponse(outcome).headers.get('www-authenticate')).toContain('scope="orders.write"');
  await settleCall(client.get('orders'));
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_1']);
  expect(token.status().state).toBe('fresh');
  hides([error, formatHttpError(error, 'orders')]);
});

replay('R4-006', async ({ entry, hides }) => {
  const { api, client, issuer, sent } = await createService();
  const challenge = 'Bearer error="invalid_request", error_description="no such parameter"';
  api.inject(faults.status(400, { headers: { 'www-authenticate': challenge } }), { times: 1 });

  const outcome = await settleCall(client.fetch('orders'));

  expectCallOutcome(entry, outcome);
  expect(api.counts.requests).toBe(1);
  expect(getStatus(await settleCall(client.fetch('orders')))).toBe(200);
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_1']);
  expect(issuer.counts.token).toBe(1);
  hides(outcome);
});

replay('R4-009', async ({ entry, hides }) => {
  const { api, client, issuer, sent } = await createService({ client: atOnce });
  api.inject(faults.status(407, { headers: { 'proxy-authenticate': 'Basic realm="proxy"' } }), { times: 1 });

  expectCallOutcome(entry, await settleCall(client.fetch('orders')));

  expect(api.counts.requests).toBe(1);
  expect(getStatus(await settleCall(client.fetch('orders')))).toBe(200);
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_1']);
  expect(issuer.counts.token).toBe(1);

  const proxy = await createRawServer('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n');
  const token = staticToken('at_CANARY_1');
  const direct = createClient({ ...atOnce, baseUrl: proxy.origin }, withBearerAuth(token));
  hides(await settleCall(direct.fetch('orders')));
  // the platform's `fetch` turns a 407 into an error, which must not cause a retry
  expect(proxy.requests).toHaveLength(1);
});

replay('R4-011', async ({ entry }) => {
  const { api, client, clock, issuer, sent, token } = await createService();
  const slow = api.inject([invalidToken, faults.hang()], { times: 1 });

  const late = settleCall(client.fetch('orders'));
  await clock.settle();
  await token.invalidate();
  await clock.advance(15_000); // past the shortest time between two rotations
  expect(tokenValue(token.read())).toBe('at_CANARY_2');
  const before = issuer.counts.token;
  slow.clear();

  expectCallOutcome(entry, await late);
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
  expect(tokenValue(token.read())).toBe('at_CANARY_2');
  expect(issuer.counts.token).toBe(before);
});

replay('R4-012', async ({ entry }) => {
  const tokens = ['at_CANARY_1', 'at_CANARY_1', 'at_CANARY_2'];
  const { api, client, clock, issuer, sent, token } = await createService({
    issuer: { opaqueToken: () => tokens.shift() ?? 'at_CANARY_3' },
  });
  const older = issuer.inject(faults.hang(), { times: 1 });
  await clock.advance(30 * minuteMs);
  expect(older.hits).toBe(1);
  issuer.revoke('at_CANARY_1');
  const further = issuer.inject(faults.hang(), { times: 1 });

  const late = settleCall(client.fetch('orders'));
  await clock.settle();
  expect(api.counts.unauthorized).toBe(1);
  older.clear();
  await clock.settle();
  expect(further.hits).toBe(1);
  expect(token.read().isErr()).toBe(true);
  further.clear();

  expectCallOutcome(entry, await late);
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
  expect(issuer.counts.token).toBe(3);
});

replay('R4-014', async ({ entry, hides }) => {
  const { api, client, clock, issuer } = await createService();
  api.inject(invalidToken);

  for (let tenth = 0; tenth < 600; tenth += 1) {
    // 20 calls a second for a minute: the number of token requests counts
    const outcome = await Promise.all([settleCall(client.fetch('orders')), settleCall(client.fetch('orders'))]);
    if (tenth % 100 === 0) for (const each of outcome) expectCallOutcome(entry, hides(each));
    await clock.advance(100);
  }

  const asked = issuer.requests.filter(({ endpoint }) => endpoint === 'token').map(({ at }) => at);
  expect(api.counts.requests).toBeGreaterThanOrEqual(1_200);
  expect(maxPerSecond(asked)).toBeLessThanOrEqual(4); // the first token, and three rotations in a row
  expect(asked.length).toBeLessThanOrEqual(4 + 6);
});

replay('R4-025', async ({ hides }) => {
  const { api, client, issuer, token } = await createService({ token: { random: () => 0 } });
  issuer.inject(faults.unreachable());
  issuer.revoke();

  const outcome = hides(await settleCall(client.get('orders')));

  // the entry allows two outcomes; this is the response that the caller already had
  expect(getStatus(outcome)).toBe(401);
  expect(api.counts.requests).toBe(1);
  expect(token.status()).toMatchObject({ state: 'stale', failure: { code: 'TOKEN_UNAVAILABLE' } });
  hides([token, token.status(), token.read(), formatHttpError(getError(outcome), 'orders')]);
});

replay('R4-026', async ({ entry }) => {
  const { api, client, issuer } = await createService({ client: { retry: 0 } });
  issuer.revoke();

  expectCallOutcome(entry, await settleCall(client.get('orders', { retry: 0 })));

  expect(api.counts).toMatchObject({ requests: 2, unauthorized: 1 });
});

replay('R4-027', async ({ entry }) => {
  const { api, client } = await createService({ client: atOnce });
  for (const fault of [faults.status(503), invalidToken, faults.status(503)]) api.inject(fault, { times: 1 });
  expectCallOutcome(entry, await settleCall(client.fetch('orders')));
  expect(api.requests.map(({ status }) => status)).toEqual([503, 401, 503, 200]);

  // without a wait, and with a wait longer than the shortest time between rotations: either could allow one replay per attempt
  for (const headers of [{}, { 'retry-after': '20' }]) {
    const worse = await createService({ client: atOnce });
    for (let attempt = 0; attempt < 6; attempt += 1) {
      worse.api.inject(invalidToken, { times: 1 });
      worse.api.inject(faults.status(503, { headers }), { times: 1 });
    }
    const failed = settleCall(worse.client.fetch('orders'));
    for (let waits = 0; waits < 4; waits += 1) await worse.clock.advance(20_000);
    expect([401, 503]).toContain(getStatus(await failed));
    expect(worse.api.counts.requests).toBeLessThanOrEqual(2 + 1 + 1);
  }
});

replay('R4-036', async ({ entry, hides }) => {
  await using network = await createNetwork({
    answer: ({ url }) =>
      url.startsWith('https://evil.example')
        ? { status: 401, headers: [['www-authenticate', 'Bearer error="invalid_token"']] }
        : { status: 302, headers: [['location', 'https://evil.example/orders']] },
  });
  const { issuer, token } = await createService();
  const redirects = { origins: ['https://evil.example'] };
  const client = createClient(
    { baseUrl: resource, fetch: plain(network.fetch), clock: network.clock, redirects },
    withBearerAuth(token),
  );

  const outcome = hides(await network.settle(settleCall(client.fetch('orders'))));

  expectCallOutcome(entry, outcome);
  expect(network.seen.map(({ url, headers }) => [url, headers.get('authorization')])).toEqual([
    ['https://api.example/orders', 'Bearer at_CANARY_1'],
    ['https://evil.example/orders', undefined],
  ]);
  expect(issuer.counts.token).toBe(1);
  expect(tokenValue(token.read())).toBe('at_CANARY_1');
});

replay('R4-037', async ({ entry }) => {
  const { api, client, sent } = await createService();
  const stored = { age: '300', 'cache-control': 'max-age=600', 'www-authenticate': 'Bearer error="invalid_token"' };
  api.inject(faults.status(401, { headers: stored }), { times: 1 });

  expectCallOutcome(entry, await settleCall(client.fetch('orders')));
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);

  api.inject(faults.status(401, { headers: stored })); // a cache that ignores Authorization repeats it for ever
  expect(getStatus(await settleCall(client.fetch('orders')))).toBe(401);
  expect(api.counts.requests).toBeLessThanOrEqual(4);
});
