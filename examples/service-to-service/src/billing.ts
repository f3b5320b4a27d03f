import { createClient, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { withUndici } from '@bearings/undici';
import type { UndiciLayer } from '@bearings/undici';

/** An order, as billing needs it. */
export interface Order {
  readonly id: string;
  readonly total: number;
}

/** The configuration of billing. */
export interface BillingConfig {
  readonly ordersUrl: string;
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What billing uses, and closes at its end. */
export interface Billing {
  readonly orders: Client;
  readonly token: Token;
  readonly network: UndiciLayer;
}

/** Creates the client for orders, once, at the start. This is all the code that a service needs. */
export async function connectToOrders(config: BillingConfig): Promise<Billing> {
  const { ordersUrl, ...credentials } = config;
  const token = await orThrow(
    Token.create({
      ...credentials,
      resource: 'https://orders.internal',
      scopes: ['orders.read'],
      minRefreshPeriodMs: 500, // these two are for tokens that live for seconds;
      jitterMaxMs: 200, // omit them for tokens that live for minutes
    }),
  );
  const network = withUndici(); // on Node it costs less than half of fetch per call; omit it on other runtimes
  const orders = createClient({ baseUrl: ordersUrl }, withBearerAuth(token), network);
  return { orders, token, network };
}
