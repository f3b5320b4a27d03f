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
client. \`network\`, [\`tokenStore\`](#tokenstore), [\`secretFiles\`](#secretfiles), [\`contexts\`](#contexts), \`context\` and \`$schema\` are allowed beside it. The fields of [\`network\`](#network) hold for all clients that
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

A secret file contains only the secret, and optionally a line break at the end. It is UTF-8 and has at most 64 KiB. Files are read
again for each token request, and after a 401 for a bearer token, password or key. So a secret can be rotated while the service runs.

Who else can read a secret file decides whether it is used:

${table(
  ['the file', 'what happens'],
  [
    ['only this user can read it (mode 0600 or 0400)', 'it is used'],
    [
      'its group can read it, and this user reads it through the group (0440, 0640; in Kubernetes `defaultMode: 0400` and `fsGroup`)',
      'it is used',
    ],
    [
      'all can read it (0444, 0644), in a container or on a mount below `/run/secrets` or `/var/run/secrets`, as Docker, Podman and Kubernetes mount secrets',
      'it is used, with a warning',
    ],
    ['all can read it, and [`secretFiles`](#secretfiles) allows that', 'it is used'],
    ['all can read it, anywhere else', 'it is rejected, with the `chmod` command'],
    ['others can write it, unless its mount is read-only', 'it is rejected'],
  ],
)}

A process is in a container when its \`/etc/hosts\` is mounted, as the runtimes of containers do. The command \`bearings\` prints warnings
to stderr, once; \`loadConfig\` reports them to \`onWarning\`.`;

/** The text about files with secrets. */
export const secretFiles = 'See [References to secrets](#references-to-secrets) for what holds without it.';

/** The text about contexts. */
export const contexts = `What differs between environments, in one file:

\`\`\`yaml
context: dev # without it, and without a context that is named, the file is used without its contexts
clients:
  orders:
    baseUrl: https://orders.dev.internal
    auth:
      type: oauth2_client_credentials
      issuerUrl: https://id.dev.internal
      clientId: billing
      clientSecretRef: env:ORDERS_SECRET
contexts:
  dev: {}
  prod:
    clients:
      orders:
        baseUrl: https://orders.internal
        auth: { issuerUrl: https://id.internal, clientSecretRef: file:/run/secrets/orders }
\`\`\`

\`loadConfig(file, { context: 'prod' })\`, \`bearings --context prod\` and \`BEARINGS_CONTEXT\` choose one. Its fields replace those of the
file, group by group: here \`type\` and \`clientId\` are those of the file. Lists are replaced as a whole, and so is an \`auth\` of another
\`type\`. A context may have clients that the file has not. Names and types of all contexts are checked, the secrets only of the one in use.`;

/** The text after the tables. */
export const outro = `## One token for one credential

Clients with the same \`auth\` share one token. The order of fields and scopes does not matter.
`;
