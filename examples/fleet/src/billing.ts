import { createClient, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenStore } from '@bearings/oauth-bearer/store';

/** The configuration of one replica of billing. */
export interface BillingConfig {
  readonly ordersUrl: string;
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** 32 random bytes, as base64. The same for all replicas. */
  readonly storeKey: string;
}

/** Creates the client for orders, with a token that all replicas share when there is a store. This is all the code that a service needs. */
export async function connectToOrders(
  config: BillingConfig,
  store?: TokenStore,
): Promise<{ orders: Client; token: Token }> {
  const { ordersUrl, storeKey, ...credentials } = config;
  const token = await orThrow(
    Token.create({
      ...credentials,
      resource: 'https://orders.internal',
      scopes: ['orders.read'],
      ...(store && { store, storeKeys: { current: 'k1', keys: { k1: storeKey } } }),
      start: 'lazy',
      minRefreshPeriodMs: 1_000, // for a demo with tokens that live for seconds
    }),
  );
  return { orders: createClient({ baseUrl: ordersUrl, retry: 0 }, withBearerAuth(token)), token };
}
