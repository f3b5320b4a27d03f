import { Token } from '@bearings/oauth-bearer';
import { get } from 'node:https';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { fakeApi } from '../../src/api/fake-api.ts';
import { fakeIssuer } from '../../src/issuer/fake-issuer.ts';
import type { FakeIssuer } from '../../src/issuer/fake-issuer.ts';
import { faults } from '../../src/faults/faults.ts';

test('listen() changes the issuer URL to the address of the socket', async () => {
  await using issuer = await fakeIssuer({ issuerUrl: 'https://id.test/realms/prod' }).listen();

  await using token = (await Token.create(issuer.credentials)).unwrap();

  expect(issuer.issuerUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/realms\/prod$/);
  expect(issuer.introspect(token.read().unwrap().secret.expose())).toMatchObject({ clientId: 'test-client' });
});

test('with TLS the certificate is trusted only by a client that gets it as CA', async () => {
  await using issuer = await fakeIssuer().listen({ tls: true });
  const url = `${issuer.issuerUrl}/jwks`;

  const status = await getStatus(url, issuer.certificate);

  expect(issuer.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(status).toBe(200);
  await expect(getStatus(url)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

function getStatus(url: string, ca?: string): Promise<number | undefined> {
  const options = ca === undefined ? {} : { ca };
  return new Promise((resolve, reject) => {
    get(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

async function getKeys(issuer: FakeIssuer): Promise<string> {
  return (await fetch(`${issuer.origin}/jwks`)).text();
}

test('reset breaks the connection before or during the response', async () => {
  await using issuer = await fakeIssuer().listen();

  issuer.inject(faults.reset(), { times: 1, on: 'jwks' });
  await expect(fetch(`${issuer.origin}/jwks`)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  issuer.inject(faults.reset(20), { times: 1, on: 'jwks' });
  const response = await fetch(`${issuer.origin}/jwks`);

  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(await getKeys(issuer)).toContain('"kid":"key-1"');
});

test('truncate ends the body before its content-length', async () => {
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.truncate(5), { times: 1, on: 'jwks' });

  const response = await fetch(`${issuer.origin}/jwks`);

  await expect(response.text()).rejects.toThrow('terminated');
});

test('drip sends the body in several chunks', async () => {
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.drip({ bytes: 50, everyMs: 5 }), { on: 'jwks' });
  const { port } = new URL(issuer.origin);
  const socket = connect(Number(port), '127.0.0.1');
  let chunks = 0;
  socket.on('data', () => (chunks += 1));

  socket.write('GET /jwks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));

  expect(chunks).toBeGreaterThan(3);
});

test('after close() connections are refused, and listen() reopens the same port', async () => {
  await using issuer = await fakeIssuer().listen();
  const { origin } = issuer;

  await issuer.close();
  await expect(getKeys(issuer)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await issuer.listen();

  expect(issuer.origin).toBe(origin);
  expect(await getKeys(issuer)).toContain('keys');
});

test('unreachable on a socket resets the connection', async () => {
  await using issuer = await fakeIssuer().listen();
  issuer.inject(faults.unreachable(), { on: 'jwks' });

  await expect(getKeys(issuer)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
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
