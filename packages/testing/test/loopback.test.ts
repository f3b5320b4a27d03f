import { Token } from '@bearings/oauth-bearer';
import { get } from 'node:https';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { fakeApi } from '../src/fake-api.ts';
import { fakeIssuer } from '../src/fake-issuer.ts';
import type { FakeIssuer } from '../src/fake-issuer.ts';
import { faults } from '../src/fault.ts';

test('the same issuer answers over a socket, and is then named by its address', async () => {
  await using issuer = await fakeIssuer({ issuerUrl: 'https://id.test/realms/prod' }).listen();

  await using token = (await Token.create(issuer.credentials)).unwrap();

  expect(issuer.issuerUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/realms\/prod$/);
  expect(issuer.introspect(token.read().unwrap().secret.expose())).toMatchObject({ clientId: 'test-client' });
});

test('over TLS it shows a certificate that is trusted only by who is told to', async () => {
  await using issuer = await fakeIssuer().listen({ tls: true });
  const url = `${issuer.issuerUrl}/jwks`;

  const status = await statusOf(url, issuer.certificate);

  expect(issuer.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(status).toBe(200);
  await expect(statusOf(url)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

function statusOf(url: string, ca?: string): Promise<number | undefined> {
  const options = ca === undefined ? {} : { ca };
  return new Promise((resolve, reject) => {
    get(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

/** What comes of one request for the keys. */
async function bytesOf(issuer: FakeIssuer): Promise<string> {
  return (await fetch(`${issuer.origin}/jwks`)).text();
}

test('a reset breaks the connection, before an answer or in its middle', async () => {
  await using issuer = await fakeIssuer().listen();

  issuer.inject(faults.reset(), { times: 1, on: 'jwks' });
  await expect(fetch(`${issuer.origin}/jwks`)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  issuer.inject(faults.reset(20), { times: 1, on: 'jwks' });
  const begun = await fetch(`${issuer.origin}/jwks`);

  expect(begun.status).toBe(200);
  await expect(begun.text()).rejects.toThrow('terminated');
  expect(await bytesOf(issuer)).toContain('"kid":"key-1"');
});

test('a truncated body ends before the length it promised', async () => {
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.truncate(5), { times: 1, on: 'jwks' });

  const begun = await fetch(`${issuer.origin}/jwks`);

  await expect(begun.text()).rejects.toThrow('terminated');
});

test('a dripping body comes in as many pieces as told', async () => {
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.drip({ bytes: 50, everyMs: 5 }), { on: 'jwks' });
  const { port } = new URL(issuer.origin);
  const socket = connect(Number(port), '127.0.0.1');
  let pieces = 0;
  socket.on('data', () => (pieces += 1));

  socket.write('GET /jwks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));

  expect(pieces).toBeGreaterThan(3);
});

test('an issuer that closes refuses connections, and is at the same address when it listens again', async () => {
  await using issuer = await fakeIssuer().listen();
  const { origin } = issuer;

  await issuer.close();
  await expect(bytesOf(issuer)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await issuer.listen();

  expect(issuer.origin).toBe(origin);
  expect(await bytesOf(issuer)).toContain('keys');
});

test('unreachable on a socket is a connection that breaks', async () => {
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.unreachable(), { on: 'jwks' });

  await expect(bytesOf(issuer)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
});

test('a route that throws breaks the connection instead of the test process', async () => {
  const issuer = fakeIssuer({ tokenFormat: 'opaque' });
  await using api = await fakeApi(issuer, {
    'GET /': () => {
      throw new Error('a bug in the test');
    },
  }).listen();
  await using token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();

  const call = fetch(api.origin, { headers: { authorization: token.read().unwrap().authorization() } });

  await expect(call).rejects.toThrow('fetch failed');
});

test('a 204 has no body', async () => {
  const issuer = fakeIssuer({ tokenFormat: 'opaque' });
  await using api = await fakeApi(issuer, { 'DELETE /': () => new Response(null, { status: 204 }) }).listen();
  await using token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();

  const headers = { authorization: token.read().unwrap().authorization() };
  const answer = await fetch(api.origin, { method: 'DELETE', headers });

  expect([answer.status, await answer.text()]).toEqual([204, '']);
});
