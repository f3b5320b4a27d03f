import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { TokenPool, withBearerAuth } from '@bearings/oauth-bearer';

const created = TokenPool.create((tenant) => ({
  issuerUrl: 'https://id.internal',
  clientId: `billing-${tenant}`,
  clientSecret: process.env['ORDERS_SECRET'] ?? '',
}));
const pool = created.unwrap();

function createOrders(tenant: string): Client {
  const token = pool.for({ tenant, scopes: ['orders.read'] }).unwrap();
  return createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token));
}

const orders = await Promise.all(['a', 'b'].map((tenant) => createOrders(tenant).get('v1/orders/42').json()));
console.log(`${orders.length} orders, ${pool.size} tokens`);
