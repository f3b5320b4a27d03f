import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { statusHandler } from '@bearings/studio/status';

const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const token = await orThrow(Token.create({ issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret }));
const orders = createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token));

const status = statusHandler({
  tokens: { orders: { token, from: 'https://id.internal', clientId: 'billing', clients: ['orders'] } },
  clients: { orders },
});

// Mount it in any framework: it takes a Request and returns a Response.
const response = status(new Request('http://127.0.0.1:8081/status'));
const body: unknown = await response.json();

console.log(JSON.stringify(body).includes('"state":"fresh"') ? 'fresh' : body);
