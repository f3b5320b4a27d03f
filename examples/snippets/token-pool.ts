import { createClient, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { TokenPool, withBearerAuth } from '@bearings/oauth-bearer';

const pool = orThrow(
  TokenPool.create((tenant) => ({
    issuerUrl: 'https://id.internal',
    clientId: `billing-${tenant}`,
    clientSecret: process.env['ORDERS_SECRET'] ?? '',
  })),
);

function createOrders(tenant: string): Client {
  const token = orThrow(pool.for({ tenant, scopes: ['orders.read'] }));
  return createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token));
}

const orders = await Promise.all(['a', 'b'].map((tenant) => createOrders(tenant).get('v1/orders/42').json()));
console.log(`${orders.length} orders, ${pool.size} tokens`);
