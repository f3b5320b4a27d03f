import { env, waitUntil } from 'cloudflare:workers';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';

const token = orThrow(
  Token.onDemand({
    issuerUrl: env['ISSUER_URL'],
    clientId: 'worker',
    clientSecret: () => env['ORDERS_SECRET'] ?? '',
    background: waitUntil,
  }),
);
const orders = createClient({ baseUrl: env['ORDERS_URL'] ?? '' }, withBearerAuth(token));

// oxlint-disable-next-line import/no-default-export
export default {
  fetch: (): Promise<Response> => orders.fetch('/v1/orders/42'),
};
