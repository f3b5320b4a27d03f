import { table } from './table.ts';

/** The text before the tables. */
export const intro = `# The config

The fields of a config file, YAML or JSON, for \`loadConfig\` of [@bearings/config](../packages/config/README.md). This
page is generated from the schema (\`pnpm --filter @bearings/config generate\`).

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/@bearings/config/schema.json
clients:
  orders:
    baseUrl: https://orders.internal
    timeout: 5000
    retry: { limit: 2 }
    auth:
      type: oauth2_client_credentials
      issuerUrl: https://id.internal/realms/prod
      clientId: billing
      clientSecretRef: env:ORDERS_SECRET
      scopes: [orders.read]
\`\`\`

The top level has the field \`clients\`: a map from a name (letters, digits, single dashes; not \`close\` or \`then\`) to a
client. \`network\` and \`$schema\` are allowed beside it. The fields of [\`network\`](#network) hold for all clients that
have none of their own, and for their token requests; \`network: {}\` of a client means the system's network. Unknown fields and duplicate names are errors. A file has at most 1 MiB and one
document. Anchors are allowed, tags are not.

## References to secrets

Secrets do not belong in the file. A field that ends in \`Ref\` contains a reference to a secret:

${table(
  ['reference', 'the secret is in'],
  [
    ['`env:ORDERS_SECRET`', 'this environment variable'],
    ['`file:/run/secrets/orders`', 'this file; a relative path starts from the folder of the config'],
  ],
)}

A secret file contains only the secret, and optionally a line break at the end. It is UTF-8 and has at most 64 KiB. A file that
other users can read is rejected. A file that its group can read is rejected too, unless this user reads it through the group
(as in Kubernetes, with \`defaultMode: 0400\` and \`fsGroup\`). Files are read again for each token request, and after a 401 for
a bearer token, password or key. So a secret can be rotated while the service runs.`;

/** The text after the tables. */
export const outro = `## One token for one credential

Clients with the same \`auth\` share one token. The order of fields and scopes does not matter.
`;
