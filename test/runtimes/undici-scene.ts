/**
 * A call over undici, and one through its interceptor, or a clear refusal where the runtime replaces undici by a part of it.
 * Prints what happened as JSON, and ends with 1 when it is something else.
 */
import { createClient, isBearingsError, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { bearerInterceptor, withUndici } from '@bearings/undici';
import { Agent, request } from 'undici';

const issuer = await fakeIssuer({ clients: [{ clientId: 'svc', clientSecret: 'a client secret' }] }).listen();
const api = await fakeApi(issuer, { 'GET /v1/orders/:id': ({ params }) => ({ id: params['id'] }) }).listen();
const { issuerUrl } = issuer;
const token = await orThrow(Token.create({ issuerUrl, clientId: 'svc', clientSecret: 'a client secret' }));

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
  interceptor: await outcome(async () => {
    const dispatcher = new Agent().compose(bearerInterceptor(token, { origins: [api.origin] }));
    return await (await request(`${api.origin}/v1/orders/42`, { dispatcher })).body.json();
  }),
};
await token.close();

const isRefused = 'Bun' in globalThis;
const expected = isRefused
  ? { network: 'CONFIG', interceptor: 'CONFIG' }
  : { network: { id: '42' }, interceptor: { id: '42' } };
console.log(JSON.stringify(found));
process.exit(JSON.stringify(found) === JSON.stringify(expected) ? 0 : 1);
