import { AsyncLocalStorage } from 'node:async_hooks';
import { createClient, orThrow } from '@bearings/client';
import { TokenPool, withBearerAuth } from '@bearings/oauth-bearer';

const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const pool = orThrow(TokenPool.create({ issuerUrl: 'https://id.internal', clientId: 'gateway', clientSecret }));

/** The access token of the request that is being answered. */
const incoming = new AsyncLocalStorage<string>();
const exchanged = withBearerAuth(() => pool.onBehalfOf(incoming.getStore() ?? '', { audience: 'orders' }));
const orders = createClient({ baseUrl: 'https://orders.internal' }, exchanged);

/** Answers a request of a user with the orders of that user. */
async function handle(request: Request): Promise<Response> {
  const subjectToken = request.headers.get('authorization')?.replace(/^Bearer /i, '') ?? '';
  return incoming.run(subjectToken, async () => Response.json(await orders.get('v1/orders/42').json()));
}

const request = new Request('https://gateway.internal/orders', { headers: { authorization: 'Bearer token-of-alice' } });
console.log((await handle(request)).status);
