import { createClient, orThrow, Token, withBearerAuth } from 'bearings';

const { ISSUER_URL: issuerUrl = '', CLIENT_SECRET: clientSecret = '', ORDERS_URL: baseUrl = '' } = process.env;
const token = await orThrow(Token.create({ issuerUrl, clientId: 'billing', clientSecret, scopes: ['orders.read'] }));
const orders = createClient({ baseUrl }, withBearerAuth(token));

console.log(await orders.get('v1/orders/42').json());

await orders.close();
await token.close();
