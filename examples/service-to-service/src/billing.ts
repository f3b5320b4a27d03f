import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { withUndici } from '@bearings/undici';
import type { UndiciLayer } from '@bearings/undici';

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

/** What billing holds, and closes in the end. */
export interface Billing {
  readonly orders: Client;
  readonly token: Token;
  readonly network: UndiciLayer;
}

/** How billing calls orders: composed once, at the start. What is below is all that a service has to write. */
export async function connectToOrders(config: BillingConfig): Promise<Billing> {
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
  const network = withUndici(); // on Node, less than half of what a call costs over fetch; leave it out elsewhere
  const orders = createClient({ baseUrl: ordersUrl }, withBearerAuth(token), network);
  return { orders, token, network };
}
