/**
 * One scene for every runtime: a client, a token, an issuer and an API over real sockets. Prints what happened as JSON, and ends
 * with 1 when a promise is broken.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { discover } from '@bearings/oidc-discovery';
import { fakeApi, fakeIssuer } from '@bearings/testing';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const issuer = fakeIssuer({
  clients: [
    { clientId: 'svc', clientSecret: 'a client secret' },
    { clientId: 'signer', publicKey: key.publicKey.export({ format: 'jwk' }) },
  ],
});
const api = fakeApi(issuer, {
  'GET /v1/orders/:id': ({ params }) => ({ id: params['id'] }),
  'POST /v1/orders': async ({ request }) => ({ got: await request.text() }),
});
await issuer.listen();
await api.listen();

const errors: unknown[] = [];

/** The outcome of an act: what it resolves with, or the code of its error. */
async function outcome(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    errors.push(error);
    return error instanceof Error && 'code' in error ? error.code : String(error);
  }
}

const secretPath = 'planted-s3cret?key=planted-s3cret';

/** A server that does something with the connection, once it has read a request. */
async function rawServer(act: (socket: import('node:net').Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/${secretPath}`;
}

const token = await orThrow(Token.create(issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const statuses = async (count: number, call: (index: number) => Promise<Response>): Promise<readonly number[]> =>
  Promise.all(Array.from({ length: count }, async (_, index) => (await call(index)).status));

const metadata = await orThrow(discover(issuer.issuerUrl));
const first = await client.get('v1/orders/42').json();
issuer.revoke();
const before = issuer.counts.token;
const afterRevocation = await statuses(20, (index) =>
  client.fetch('/v1/orders', { method: 'POST', body: `order ${index}` }),
);
const rotations = issuer.counts.token - before;

const resetUrl = await rawServer((socket) => socket.resetAndDestroy());
const silentUrl = await rawServer(() => {});
const notHttpUrl = await rawServer((socket) => socket.end('SSH-2.0-planted-s3cret\r\n'));
const cutUrl = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nplanted-s3cret'));
const oneSecret = token
  .read()
  .map(({ secret }) => secret.expose())
  .unwrapOr('');
const found = {
  discovered: metadata.token_endpoint.startsWith('http://127.0.0.1'),
  first,
  succeeded: afterRevocation.filter((status) => status === 200).length,
  rotations,
  signed: await outcome(async () => {
    const { issuerUrl } = issuer;
    const signer = await orThrow(Token.create({ issuerUrl, clientId: 'signer', privateKey: pem }));
    const { state } = signer.status();
    await signer.close();
    return state;
  }),
  reset: await outcome(() => createClient({ retry: 0 }).get(resetUrl)),
  refused: await outcome(() => createClient({ retry: 0 }).get(`http://127.0.0.1:9/${secretPath}`)),
  notHttp: await outcome(() => createClient({ retry: 0 }).get(notHttpUrl)),
  cut: await outcome(() => createClient({ retry: 0 }).get(cutUrl).text()),
  silent: await outcome(() => createClient({ retry: 0, timeout: 100 }).get(silentUrl)),
  userAndPassword: await outcome(() => createClient({ retry: 0 }).get('http://user:pass@127.0.0.1:9/')),
  leaks: [oneSecret, 'planted-s3cret'].some((secret) =>
    (inspect([client, token, errors], { depth: 9 }) + JSON.stringify([token, errors])).includes(secret),
  ),
};
await token.close();
await client.close();

const expected = {
  discovered: true,
  first: { id: '42' },
  succeeded: 20,
  rotations: 1,
  signed: 'fresh',
  reset: 'TRANSPORT',
  refused: 'TRANSPORT',
  notHttp: 'TRANSPORT',
  cut: 'TRANSPORT',
  silent: 'ATTEMPT_TIMEOUT',
  userAndPassword: 'INVALID_URL',
  leaks: false,
};
console.log(JSON.stringify(found));
process.exit(JSON.stringify(found) === JSON.stringify(expected) ? 0 : 1);
