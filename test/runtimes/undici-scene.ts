/**
 * A call over undici, one with a client certificate, and one through its interceptor, or a clear refusal where the runtime replaces undici by a part of it.
 * Prints what happened as JSON, and ends with 1 when it is something else.
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createClient, isBearingsError, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { bearerInterceptor, withUndici } from '@bearings/undici';
import { Agent, request } from 'undici';
import { createCertificate } from '../../packages/testing/src/server/certificate.ts';

const issuer = await fakeIssuer({ clients: [{ clientId: 'svc', clientSecret: 'a client secret' }] }).listen();
const api = await fakeApi(issuer, { 'GET /v1/orders/:id': ({ params }) => ({ id: params['id'] }) }).listen();
const { issuerUrl } = issuer;
const token = await orThrow(Token.create({ issuerUrl, clientId: 'svc', clientSecret: 'a client secret' }));

/** Answers with the name in the certificate of the caller. */
async function nameCaller(): Promise<unknown> {
  const authority = await createCertificate(['authority.test']);
  const own = await createCertificate(['localhost'], undefined, authority);
  const { cert, key } = await createCertificate(['billing'], undefined, authority);
  const options = { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, ({ socket }, response) => {
    response.end(JSON.stringify((socket as TLSSocket).getPeerCertificate().subject.CN));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await using network = withUndici({ tls: { ca: authority.cert, cert, key } });
  return await createClient({ baseUrl: `https://localhost:${port}` }, network)
    .get('caller')
    .json();
}

/** What an act resolves with, or the code of its error. */
async function outcome(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    return isBearingsError(error) ? error.code : String(error);
  }
}

const found = {
  network: await outcome(async () => {
    await using network = withUndici();
    return await createClient({ baseUrl: api.origin }, withBearerAuth(token), network).get('v1/orders/42').json();
  }),
  certificate: await outcome(nameCaller),
  interceptor: await outcome(async () => {
    const dispatcher = new Agent().compose(bearerInterceptor(token, { origins: [api.origin] }));
    return await (await request(`${api.origin}/v1/orders/42`, { dispatcher })).body.json();
  }),
};
await token.close();

const isRefused = 'Bun' in globalThis;
const expected = isRefused
  ? { network: 'CONFIG', certificate: 'CONFIG', interceptor: 'CONFIG' }
  : { network: { id: '42' }, certificate: 'billing', interceptor: { id: '42' } };
console.log(JSON.stringify(found));
process.exit(JSON.stringify(found) === JSON.stringify(expected) ? 0 : 1);
