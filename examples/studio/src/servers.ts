import { randomBytes } from 'node:crypto';
import { startIdentityProvider as startShopProvider } from '@bearings/example-connector/demo/identity-provider';
import { startShopApi } from '@bearings/example-connector/demo/shop-api';
import { startIdentityProvider } from '@bearings/example-service-to-service/identity-provider';
import type { IdentityProvider } from '@bearings/example-service-to-service/identity-provider';
import { startOrdersApi } from '@bearings/example-service-to-service/orders-api';

/** Real servers on this machine: identity providers, an API for orders, and one for a shop. */
export interface Servers extends AsyncDisposable {
  /** Works. Its tokens live for ten minutes. */
  readonly healthy: IdentityProvider;
  /** Works. Its tokens live for twenty seconds. */
  readonly hasty: IdentityProvider;
  /** Goes down when the first token is there. */
  readonly failing: IdentityProvider;
  readonly ordersUrl: string;
  /** The same API, which accepts the tokens of the hasty provider. */
  readonly ledgerUrl: string;
  readonly shopUrl: string;
  readonly shopTokenUrl: string;
  /** The secrets, by the names that configs refer to. */
  readonly env: Readonly<Record<string, string>>;
}

const secret = (): string => randomBytes(32).toString('base64url');

const resource = 'https://orders.internal';

const trust = ({ issuerUrl, jwksUrl }: IdentityProvider) => ({ issuerUrl, jwksUrl, resource });

/** Starts all of them. */
export async function startServers(): Promise<Servers> {
  const env = { BILLING_SECRET: secret(), PRICES_SECRET: secret(), PARCELS_TOKEN: secret(), SHOP_SECRET: secret() };
  const start = (tokenLifetimeS: number): Promise<IdentityProvider> =>
    startIdentityProvider({
      clientId: 'billing',
      clientSecret: env.BILLING_SECRET,
      resource,
      scopes: ['orders.read'],
      tokenLifetimeS,
    });
  const [healthy, hasty, failing] = await Promise.all([start(600), start(20), start(240)]);
  const orders = await startOrdersApi(trust(healthy));
  const ledger = await startOrdersApi(trust(hasty));
  const registration = {
    clientId: 'connector',
    clientSecret: env.SHOP_SECRET,
    scope: 'shop.read',
    tokenLifetimeS: 600,
  };
  const shopProvider = await startShopProvider(registration);
  const sizes = { orders: 60, customers: 45, invoices: 30 };
  const shop = await startShopApi({ isValid: shopProvider.isValid, sizes, pageSize: 25 });
  return {
    healthy,
    hasty,
    failing,
    env,
    ordersUrl: orders.url,
    ledgerUrl: ledger.url,
    shopUrl: shop.url,
    shopTokenUrl: shopProvider.tokenUrl,
    async [Symbol.asyncDispose]() {
      await Promise.all([healthy.goDown(), hasty.goDown(), failing.goDown()]);
      await Promise.all([orders.close(), ledger.close(), shop.close(), shopProvider.close()]);
    },
  };
}
