import { createClient } from '@bearings/client';
import { staticToken, Token, withBearerAuth, withBearerAuthHeader } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import { expect } from 'vitest';
import { settleCall, getError, expectCallOutcome } from './call-outcome.ts';
import { createIssuer, clientId, clientSecret } from './create-service.ts';
import { createNetwork } from './example-network.ts';
import { createLoopbackService } from './create-loopback-service.ts';
import { plain, redirected } from './redirecting-network.ts';
import type { Journey } from './redirecting-network.ts';
import { replay } from './replay.ts';
import type { Run } from './replay.ts';

const blocked = expect.objectContaining({ code: 'REDIRECT_BLOCKED' }) as unknown;

/** The URLs of a call, each with its token. */
const stops = ({ seen }: Journey): readonly (readonly [string, string | undefined])[] =>
  seen.map(({ url, headers }) => [url, headers.get('authorization')]);

const withToken = ['https://api.example/start', 'Bearer at_CANARY_1'];

/** A cross-origin redirect is blocked by default. When it is allowed, the token is removed. */
function leavesTheTokenBehind(status: number, location: string): Run {
  return async ({ entry, hides }) => {
    const stayed = await redirected({ status, location });
    expect(hides(getError(stayed.outcome))).toEqual(blocked);
    expect(stops(stayed)).toEqual([withToken]);

    const redirects = { origins: [new URL(location).origin] };
    const went = await redirected({ status, location, client: { redirects } });
    expectCallOutcome(entry, hides(went.outcome));
    expect(stops(went)).toEqual([withToken, [location, undefined]]);
  };
}

replay('RD-001', leavesTheTokenBehind(301, 'https://evil.example/x'));
replay('RD-002', leavesTheTokenBehind(302, 'https://evil.example/x'));
replay('RD-004', leavesTheTokenBehind(307, 'https://evil.example/x'));
replay('RD-005', leavesTheTokenBehind(308, 'https://evil.example/x'));
replay('RD-010', leavesTheTokenBehind(302, 'https://eu.api.example/x'));

/** A redirect from https to http is blocked even when the origin is allowed. */
function staysOnTls(from: string, location: string): Run {
  return async ({ hides }) => {
    for (const redirects of [{}, { origins: [new URL(location).origin] }]) {
      for (const insecureHttp of [false, true]) {
        const journey = await redirected({ status: 302, from, location, client: { redirects, insecureHttp } });
        expect(hides(getError(journey.outcome))).toEqual(blocked);
        expect(stops(journey)).toEqual([[`${from}/start`, 'Bearer at_CANARY_1']]);
      }
    }
  };
}

replay('RD-007', staysOnTls('https://api.example', 'http://api.example/x'));
replay('RD-008', staysOnTls('https://api.example:8443', 'http://api.example:8443/x'));

replay('RD-009', async ({ entry, hides }) => {
  const other = await createLoopbackService();
  const origins = [other.api.origin];
  const home = await createLoopbackService({ client: { redirects: { origins } } });
  home.api.inject(faults.status(302, { headers: { location: `${other.api.origin}/x` } }));
  other.api.inject(faults.status(200));
  expect(new URL(other.api.origin).hostname).toBe(new URL(home.api.origin).hostname);

  const outcome = await settleCall(home.client.fetch('start'));

  expectCallOutcome(entry, hides(outcome));
  expect(home.sent()).toEqual(['at_CANARY_1']);
  expect(other.sent()).toEqual([undefined]);

  const strict = createClient({ baseUrl: home.api.origin, retry: 0 }, withBearerAuth(home.token));
  expect(hides(getError(await settleCall(strict.fetch('start'))))).toEqual(blocked);
  expect(other.api.counts.requests).toBe(1);
});

replay('RD-012', async ({ entry, hides }) => {
  const ours = ['authorization', 'dpop', 'x-api-key', 'proxy-authorization', 'cookie', 'x-access-token', 'x-second'];
  const answer = ({ url }: { url: string }) =>
    url.startsWith('https://api.example')
      ? { status: 302, headers: [['location', 'https://evil.example/x'] as const] }
      : { status: 200, headers: [] };
  await using network = await createNetwork({ answer });
  const client = createClient(
    {
      baseUrl: 'https://api.example',
      fetch: plain(network.fetch),
      clock: network.clock,
      redirects: { origins: ['https://evil.example'] },
      headers: {
        dpop: 'a',
        'x-api-key': 'b',
        'proxy-authorization': 'Basic c',
        cookie: 'd=CANARY',
        authorization: 'e',
      },
    },
    withBearerAuthHeader(staticToken('at_CANARY_2'), 'X-Access-Token'),
    withBearerAuthHeader(staticToken('at_CANARY_3'), 'x-second'),
  );

  const outcome = await network.settle(settleCall(client.get('start')));

  expectCallOutcome(entry, hides(outcome));
  const [home, foreign] = network.seen.map(({ headers }) => ours.filter((name) => headers.has(name)));
  expect(home).toEqual(ours);
  expect(foreign).toEqual([]);
  expect(network.seen[1]?.headers.get('user-agent')).toBe('bearings'); // other headers are kept
});

replay('RD-013', async ({ entry, hides }) => {
  for (const status of [307, 308]) {
    for (const location of ['https://evil.example/token', 'https://as.example/elsewhere']) {
      await using network = await createNetwork({ answer: () => ({ status, headers: [['location', location]] }) });
      const config = { tokenEndpoint: 'https://as.example/token', clientId, clientSecret };
      const secretInBody = { ...config, clientAuthMethod: 'client_secret_post' } as const;
      const { fetch, clock } = network;

      const created = await network.settle(Token.create({ ...secretInBody, fetch, clock }));

      expectCallOutcome(entry, { error: hides(created).unwrapErr() });
      expect(created.unwrapErr()).toMatchObject({ status });
      expect(network.seen.map(({ url }) => url)).toEqual(['https://as.example/token']);
      expect(network.seen[0]?.body).toContain('cs_CANARY_9f3a');
    }
  }
  const issuer = await createIssuer().listen();
  await using elsewhere = await createIssuer().listen();
  issuer.inject(faults.status(307, { headers: { location: elsewhere.tokenEndpoint } }));
  const { tokenEndpoint } = issuer;
  const overSockets = await Token.create({ tokenEndpoint, clientId, clientSecret });
  expectCallOutcome(entry, { error: hides(overSockets).unwrapErr() });
  expect(elsewhere.requests).toEqual([]);
  await issuer.close();
});

replay('RD-014', async ({ hides }) => {
  const redirects = { origins: ['https://evil.example'] };
  for (const location of ['https://us_CANARY:pw_CANARY@api.example/x', 'https://us_CANARY:pw_CANARY@evil.example/x']) {
    const journey = await redirected({ status: 302, location, client: { redirects } });

    // rejected: user and password belong in a layer
    expect(hides(getError(journey.outcome))).toEqual(blocked);
    expect(stops(journey)).toEqual([withToken]);
  }
});
