import { createClient, formatHttpError } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { createService } from './create-service.ts';
import { settleCall, getError, expectCallOutcome, getStatus } from './call-outcome.ts';
import type { CallOutcome } from './call-outcome.ts';
import { createRawServer } from './raw-server.ts';
import { replay } from './replay.ts';

/** The outcome of a call whose first response is a 401 with this challenge, and how often it was sent. */
async function after401(challenge: string): Promise<{ outcome: CallOutcome; requests: number }> {
  let requests = 0;
  const fetch: typeof globalThis.fetch = async () => {
    requests += 1;
    return requests > 1
      ? new Response('ok')
      : new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
  };
  const { token } = await createService();
  const client = createClient({ baseUrl: 'https://api.example', fetch }, withBearerAuth(token));
  const outcome = await settleCall(client.fetch('orders'));
  return { outcome, requests };
}

replay('R4-030', async ({ entry, hides }) => {
  const { outcome, requests } = await after401(`${','.repeat(64)} `); // an exponential parser would never end

  expectCallOutcome(entry, hides(outcome));
  expect(requests).toBe(2);
});

/** So long that a parser in quadratic time does not end before the test's time limit. A linear one takes milliseconds. */
const longBytes = 512 * 1024;

/** Headers of about this many bytes that contain `invalid_token`. Each has a form that is slow for a naive parser. */
const longHeaders: Readonly<Record<string, (bytes: number) => string>> = {
  quotes: (bytes) => `Bearer error="invalid_token", ${'"'.repeat(bytes)}`,
  backslashes: (bytes) => `Bearer error="invalid_token", realm="${'\\'.repeat(bytes)}`,
  'escaped quotes': (bytes) => `Bearer error="invalid_token", realm="${'\\"'.repeat(bytes / 2)}"`,
  'open quotes': (bytes) => `Bearer error="invalid_token"${', a="b'.repeat(bytes / 6)}`,
  challenges: (bytes) => `${'Basic realm="a", '.repeat(bytes / 17)}Bearer error="invalid_token"`,
};

replay('R4-031', async ({ entry, hides }) => {
  for (const [name, header] of Object.entries(longHeaders)) {
    const { outcome, requests } = await after401(header(longBytes));
    expectCallOutcome(entry, hides(outcome));
    expect(requests, name).toBe(2);
  }
  expect(longHeaders['challenges']?.(5_000 * 17).match(/Basic/g)).toHaveLength(5_000);
  expectCallOutcome(entry, (await after401(longHeaders['challenges']?.(5_000 * 17) ?? '')).outcome);
});

const sayInvalidToken = [
  'bearer ERROR="invalid_token"',
  'BEARER Error=invalid_token',
  'Bearer error = "invalid_token"',
  'Bearer   realm="a, b" ,  ,error="invalid_token"',
  'Bearer realm="Basic realm=\\"x\\"",error="invalid_token"',
  String.raw`Bearer error="invalid\_token"`,
  'Negotiate YWJj==, bearer error="INVALID_TOKEN"',
  'Basic realm="x", Bearer error=invalid_token, Digest nonce="Bearer"',
  // no Bearer challenge: some servers answer so to an expired token, so it is rotated once
  'Basic realm="Bearer error=invalid_token"',
  'Basic error="invalid_token"',
];
const sayOther = [
  'bearer ERROR="insufficient_scope"',
  'BEARER Error=insufficient_scope',
  'Bearer error = "insufficient_scope"',
];

replay('R4-032', async ({ entry, hides }) => {
  for (const challenge of sayInvalidToken) {
    const { outcome, requests } = await after401(challenge);
    expect(requests, challenge).toBe(2);
    expectCallOutcome(entry, hides(outcome));
  }
  for (const challenge of sayOther) {
    const { outcome, requests } = await after401(challenge);
    expect(requests, challenge).toBe(1);
    expect(getStatus(outcome)).toBe(401);
  }
});

const control = /[\u0000-\u001F\u007F]/; // oxlint-disable-line no-control-regex

replay('R4-034', async ({ entry, hides }) => {
  const challenge = 'Bearer error="invalid_token", error_description="a\u001B[2J\u001B]0;b\u0007\u007F"';
  const rejection = faults.status(401, { headers: { 'www-authenticate': challenge } });
  const { api, client, sent } = await createService();
  api.inject(rejection, { times: 1 });
  expectCallOutcome(entry, await settleCall(client.fetch('orders')));
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);

  api.inject(rejection);
  const error = hides(getError(await settleCall(client.get('orders'))));
  expect(String(error)).not.toMatch(control);
  expect(formatHttpError(error, 'orders')).not.toMatch(control);
  expect(inspect(error).replaceAll('\n', '')).not.toMatch(control);

  const folding = await createRawServer(
    'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer error="invalid_token",\r\n error_description="a\r\n\tb"\r\n',
  );
  const direct = createClient({ baseUrl: folding.origin, retry: 0 }, withBearerAuth(staticToken('at_CANARY_1')));
  const failure = hides(getError(await settleCall(direct.get('orders'))));
  expect(folding.requests).toHaveLength(1);
  expect(String(failure)).not.toMatch(control);
  expect(formatHttpError(failure, 'orders')).not.toMatch(control);
});
