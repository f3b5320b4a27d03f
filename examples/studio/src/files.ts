import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Servers } from './servers.ts';

/** A folder with a config and three connectors, as a person has written them. */
export interface Files extends AsyncDisposable {
  readonly config: string;
  readonly connectors: string;
}

export async function writeFiles(servers: Servers): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'bearings-studio-'));
  const connectors = join(folder, 'connectors');
  const config = join(folder, 'bearings.yaml');
  await mkdir(connectors);
  await writeFile(config, clientsText(servers));
  await writeFile(join(connectors, 'shop.yaml'), shopText(servers));
  await writeFile(join(connectors, 'warehouse.yaml'), warehouseText);
  await writeFile(join(connectors, 'webhook-in.yaml'), webhookText);
  return { config, connectors, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const clientsText = ({ healthy, failing, ordersUrl }: Servers): string =>
  template
    .replaceAll('$HEALTHY', healthy.issuerUrl)
    .replaceAll('$FAILING', failing.issuerUrl)
    .replaceAll('$ORDERS', ordersUrl);

const template = `# Clients of billing. Owner: team-payments
clients:
  orders:
    baseUrl: $ORDERS
    timeout: 3000 # their p99 is 1.8 s
    retry: { limit: 2 }
    auth:
      type: oauth2_client_credentials
      issuerUrl: $HEALTHY
      clientId: billing
      clientSecretRef: env:BILLING_SECRET
      resource: https://orders.internal
      scopes: [orders.read]

  # the same credential, so the same token
  ledger:
    baseUrl: $ORDERS
    auth:
      type: oauth2_client_credentials
      issuerUrl: $HEALTHY
      clientId: billing
      clientSecretRef: env:BILLING_SECRET
      resource: https://orders.internal
      scopes: [orders.read]

  # the secret is not the one that the server knows
  prices:
    baseUrl: $ORDERS
    auth:
      type: oauth2_client_credentials
      issuerUrl: $HEALTHY
      clientId: billing
      clientSecretRef: env:PRICES_SECRET

  # its identity provider is down
  shipments:
    baseUrl: $ORDERS
    auth:
      type: oauth2_client_credentials
      issuerUrl: $FAILING
      clientId: billing
      clientSecretRef: env:BILLING_SECRET

  # they move to OAuth in spring
  stock:
    baseUrl: https://stock.internal
    timeout: soon
    auth:
      type: bearer
      tokenRef: file:/run/secrets/stock

  parcels:
    baseUrl: $ORDERS
    auth: { type: bearer, tokenRef: env:PARCELS_TOKEN }

  status-page:
    baseUrl: https://status.internal
    auth: { type: none }
`;

const shopText = ({ shopUrl, shopTokenUrl }: Servers): string => `kind: Connector
metadata:
  name: shop
spec:
  source:
    mode: rest_pull
    url: ${shopUrl}
    oauth:
      grantType: client_credentials
      tokenUrl: ${shopTokenUrl}
      clientId: connector
      clientSecretRef: env:SHOP_SECRET # never the secret itself
      clientAuthMethod: client_secret_basic
      scopes: [shop.read]
    resources:
      - name: orders
        path: v1/orders
        records: /items
        paging: { type: link } # Link: </v1/orders?from=25>; rel="next"
      - name: customers
        path: v1/customers
        records: /data
        paging: { type: cursor, next: /meta/next, param: cursor }
      - name: invoices
        path: v1/invoices
        paging: { type: page, size: 25 }
`;

const warehouseText = `kind: Connector
metadata:
  name: warehouse
spec:
  source:
    mode: sql_pull
    connectionRef: env:SHOP_SECRET
    query: |
      select id, state, total
      from orders
      where changed_at > now() - interval '1 day'
`;

const webhookText = `kind: Connector
metadata:
  name: webhook-in
spec:
  source:
    mode: rest_push
    path: /hooks/orders
    auth:
      bearerTokenRef: env:PARCELS_TOKEN
`;
