import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';

/** An order, as billing needs it. */
export interface Order {
  readonly id: string;
  readonly total: number;
}

/** What billing reads from its environment. */
export interface BillingConfig {
  readonly ordersUrl: string;
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How billing calls orders: composed once, at the start. What is below is all that a service has to write. */
export async function connectToOrders(config: BillingConfig): Promise<{ orders: Client; token: Token }> {
  const { ordersUrl, ...credentials } = config;
  const token = (
    await Token.create({
      ...credentials,
      resource: 'https://orders.internal',
      scopes: ['orders.read'],
      minRefreshPeriodMs: 500, // these two fit tokens that live for seconds;
      jitterMaxMs: 200, // with tokens that live for minutes, leave them out
    })
  ).unwrap();
  const orders = createClient({ baseUrl: ordersUrl }, withBearerAuth(token));
  return { orders, token };
}
