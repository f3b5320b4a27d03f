import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';

const { ISSUER_URL = '', API_URL = '', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env;

const token = await orThrow(
  Token.create({
    issuerUrl: ISSUER_URL,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scopes: ['orders.read'],
  }),
);
const orders = createClient({ baseUrl: API_URL }, withBearerAuth(token));

console.log(await orders.get('v1/orders/42').json());
