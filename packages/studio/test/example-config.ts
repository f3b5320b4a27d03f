/** Forty lines with what people write into configs: comments, blank lines, quotes, brackets. */
export const exampleConfig = `# Clients of billing. Owner: team-payments
# Ask in #payments before you change a limit.

clients:
  orders: # the biggest one
    baseUrl: https://orders.internal
    timeout: 3000 # their p99 is 1.8 s
    retry: { limit: 2 }
    auth:
      type: oauth2_client_credentials
      # moved from the old realm in May
      issuerUrl: "https://id.internal/realms/prod"
      clientId: 'billing'
      clientSecretRef: env:ORDERS_SECRET
      scopes: [orders.read]

  # they move to OAuth in spring
  stock:
    baseUrl: https://stock.internal
    auth:
      type: bearer
      tokenRef: env:STOCK_TOKEN

  invoices:
    baseUrl: https://invoices.internal
    auth: { type: api_key, keyRef: env:INVOICES_KEY }

  ledger:
    baseUrl: https://ledger.internal
    headers:
      x-team: "payments" # for their log
      x-cost: '7'
    auth:
      type: basic
      username: billing
      passwordRef: env:LEDGER_PASSWORD

  # ask the platform team
  status-page:
    baseUrl: https://status.internal
    auth: { type: none }
`;

export const exampleEnv = {
  ORDERS_SECRET: 'canary-orders-secret-7f3a',
  STOCK_TOKEN: 'canary-stock-token-91bc',
  INVOICES_KEY: 'canary-invoices-key-55de',
  LEDGER_PASSWORD: 'canary-ledger-password-20fa',
};
