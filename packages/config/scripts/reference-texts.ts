import { table } from './table.ts';

/** What stands before the tables. */
export const intro = `# The config

Clients described in a file, YAML or JSON, for \`loadConfig\` of [@bearings/config](../packages/config/README.md). This
page is generated from the schema (\`pnpm --filter @bearings/config generate\`).

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/@bearings/config/schema.json
clients:
  orders:
    baseUrl: https://orders.internal
    timeoutMs: 5000
    retry: { limit: 2 }
    auth:
      type: oauth2_client_credentials
      issuerUrl: https://id.internal/realms/prod
      clientId: billing
      clientSecretRef: env:ORDERS_SECRET
      scopes: [orders.read]
\`\`\`

The one field at the top is \`clients\`: names (letters, digits, single dashes; not \`close\` or \`then\`) and what each is.
\`$schema\` may stand beside it. A field that is not on this page is an error, and so is a name that is there twice. A file is at
most 1 MiB and one document; anchors may be used, tags may not.

## References to secrets

A secret does not belong in the file. A field that ends in \`Ref\` says where it is:

${table(
  ['reference', 'where the secret is'],
  [
    ['`env:ORDERS_SECRET`', 'in this environment variable'],
    ['`file:/run/secrets/orders`', 'in this file; a relative path begins at the folder of the config'],
  ],
)}

A file holds the secret and nothing else but one line break at its end. It is UTF-8, at most 64 KiB, and nobody else's: a file
that other users may read is refused, and one that its group may read too, unless it is only by the group that this user
may (as in Kubernetes, with \`defaultMode: 0400\` and \`fsGroup\`). Files are read anew for each token request, and after a 401
for a bearer token, password or key: a secret may change while a service runs.`;

/** What stands behind them. */
export const outro = `## One token for one credential

Clients whose \`auth\` says the same, whatever the order of fields and scopes, share one token.
`;
