import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';

const token = await orThrow(
  Token.create({
    issuerUrl: 'https://id.internal',
    clientId: 'billing',
    clientAssertion: { file: process.env['ASSERTION_FILE'] ?? '/var/run/secrets/tokens/id', readableByOthers: true },
  }),
);
const orders = createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token));

console.log((await orders.get('v1/orders/42')).status);
