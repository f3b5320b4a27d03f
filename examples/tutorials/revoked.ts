import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';

const { ISSUER_URL = '', API_URL = '', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env;
const credentials = { issuerUrl: ISSUER_URL, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
const token = await orThrow(Token.create({ ...credentials, scopes: ['orders.read'] }));
const orders = createClient({ baseUrl: API_URL }, withBearerAuth(token));

const before = await orders.get('token-requests').json<number>();
await orders.post('revoke');
const calls = Array.from({ length: 20 }, (_, id) => orders.get(`v1/orders/${id}`));
const results = await Promise.allSettled(calls);
const after = await orders.get('token-requests').json<number>();

const succeeded = results.filter(({ status }) => status === 'fulfilled').length;
console.log(`${succeeded} of 20 calls succeeded with ${after - before} token request`);
