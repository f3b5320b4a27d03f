import { createClient, formatHttpError } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { service } from './canary-service.ts';
import { cameOf, errorOf, expectCame, statusOf } from './call-outcome.ts';
import type { Came } from './call-outcome.ts';
import { rawServer } from './raw-server.ts';
import { replay } from './replay.ts';

/** What comes of a call whose first answer is a 401 with this challenge, how often it was sent, and how long it took. */
async function after401(challenge: string): Promise<{ came: Came; requests: number; tookMs: number }> {
  let requests = 0;
  const fetch: typeof globalThis.fetch = async () => {
    requests += 1;
    return requests > 1
      ? new Response('ok')
      : new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
  };
  const { token } = await service();
  const client = createClient({ baseUrl: 'https://api.example', fetch }, withBearerAuth(token));
  const startedAt = performance.now();
  const came = await cameOf(client.fetch('orders'));
  return { came, requests, tookMs: performance.now() - startedAt };
}

/** The shortest of several runs: the others had the garbage collector, or another test, in their way. */
async function shortestMs(challenge: string): Promise<number> {
  const runs: number[] = [];
  for (let run = 0; run < 5; run += 1) runs.push((await after401(challenge)).tookMs);
  return Math.min(...runs);
}

replay('R4-030', async ({ entry, hides }) => {
  const commas = `${','.repeat(64)} `;

  const { came, requests } = await after401(commas);

  expect(await shortestMs(commas)).toBeLessThan(20);
  expectCame(entry, hides(came));
  expect(requests).toBe(2);
});

/** Headers of about that many bytes that say `invalid_token` somewhere, and are long for a reason that hurts parsers. */
const longHeaders: Readonly<Record<string, (bytes: number) => string>> = {
  quotes: (bytes) => `Bearer error="invalid_token", ${'"'.repeat(bytes)}`,
  backslashes: (bytes) => `Bearer error="invalid_token", realm="${'\\'.repeat(bytes)}`,
  'escaped quotes': (bytes) => `Bearer error="invalid_token", realm="${'\\"'.repeat(bytes / 2)}"`,
  'open quotes': (bytes) => `Bearer error="invalid_token"${', a="b'.repeat(bytes / 6)}`,
  challenges: (bytes) => `${'Basic realm="a", '.repeat(bytes / 17)}Bearer error="invalid_token"`,
};

replay('R4-031', async ({ entry, hides }) => {
  const size = 60 * 1024;

  for (const [name, header] of Object.entries(longHeaders)) {
    const { came, requests } = await after401(header(size));
    expectCame(entry, hides(came));
    expect(requests, name).toBe(2);
    const [once, fourfold] = [await shortestMs(header(size)), await shortestMs(header(4 * size))];
    expect(once, name).toBeLessThan(20);
    expect(fourfold, name).toBeLessThan(8 * once + 4); // four times the work, and room for noise; squared is 16
  }
  expect(longHeaders['challenges']?.(5_000 * 17).match(/Basic/g)).toHaveLength(5_000);
  expectCame(entry, (await after401(longHeaders['challenges']?.(5_000 * 17) ?? '')).came);
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
];
const sayOther = [
  'bearer ERROR="insufficient_scope"',
  'BEARER Error=insufficient_scope',
  'Bearer error = "insufficient_scope"',
  'Basic realm="Bearer error=invalid_token"',
  'Basic error="invalid_token"',
];

replay('R4-032', async ({ entry, hides }) => {
  for (const challenge of sayInvalidToken) {
    const { came, requests } = await after401(challenge);
    expect(requests, challenge).toBe(2);
    expectCame(entry, hides(came));
  }
  for (const challenge of sayOther) {
    const { came, requests } = await after401(challenge);
    expect(requests, challenge).toBe(1);
    expect(statusOf(came)).toBe(401);
  }
});

const control = /[\u0000-\u001F\u007F]/; // oxlint-disable-line no-control-regex

replay('R4-034', async ({ entry, hides }) => {
  const challenge = 'Bearer error="invalid_token", error_description="a\u001B[2J\u001B]0;b\u0007\u007F"';
  const rejection = faults.status(401, { headers: { 'www-authenticate': challenge } });
  const { api, client, sent } = await service();
  api.inject(rejection, { times: 1 });
  expectCame(entry, await cameOf(client.fetch('orders')));
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);

  api.inject(rejection);
  const error = hides(errorOf(await cameOf(client.get('orders'))));
  expect(String(error)).not.toMatch(control);
  expect(formatHttpError(error, 'orders')).not.toMatch(control);
  expect(inspect(error).replaceAll('\n', '')).not.toMatch(control);

  const folding = await rawServer(
    'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer error="invalid_token",\r\n error_description="a\r\n\tb"\r\n',
  );
  const direct = createClient({ baseUrl: folding.origin, retry: 0 }, withBearerAuth(staticToken('at_CANARY_1')));
  const failure = hides(errorOf(await cameOf(direct.get('orders'))));
  expect(folding.requests).toHaveLength(1);
  expect(String(failure)).not.toMatch(control);
  expect(formatHttpError(failure, 'orders')).not.toMatch(control);
});
