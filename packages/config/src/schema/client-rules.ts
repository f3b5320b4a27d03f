import type { z } from 'zod';
import { isCertificateMethod } from './client-certificate.ts';
import type { ClientConfig } from './client-schema.ts';
import type { NetworkConfig } from './network-schema.ts';
import type { OAuth2Auth } from './oauth2-fields.ts';

/** What a file has for all clients. Each part may be invalid on its own. */
interface SharedFields {
  readonly clients?: unknown;
  readonly tokenStore?: unknown;
  readonly network?: unknown;
}

type PartialClient = Partial<ClientConfig>;

/** A rule about a client and what the file has for all clients. */
interface ClientRule {
  readonly isBroken: (client: PartialClient, document: SharedFields) => boolean;
  readonly path: readonly string[];
  readonly found: string;
  readonly expected: string;
}

/** True when a client has an `auth` that needs a client certificate, and its network has none. */
function lacksCertificate({ auth, network }: PartialClient, document: SharedFields, isUsed: IsUsed): boolean {
  if (auth?.type !== 'oauth2_client_credentials' || !isUsed(auth)) return false;
  const { certFile, keyFile }: Partial<NetworkConfig> = Object(network ?? document.network);
  return (certFile ?? keyFile) === undefined; // `network` has a rule that neither is alone
}

type IsUsed = (auth: OAuth2Auth) => boolean;

const setCertificate =
  "set certFile and keyFile in the client's network, which replaces that of the file, or in the file's";

const rules: readonly ClientRule[] = [
  {
    isBroken: (client, document) =>
      lacksCertificate(client, document, ({ clientAuthMethod }) => isCertificateMethod(clientAuthMethod)),
    path: ['auth', 'clientAuthMethod'],
    found: 'needs a client certificate, and network has none',
    expected: setCertificate,
  },
  {
    isBroken: (client, document) =>
      lacksCertificate(
        client,
        document,
        ({ clientAuthMethod, certificateBoundTokens }) =>
          certificateBoundTokens === true && !isCertificateMethod(clientAuthMethod),
      ),
    path: ['auth', 'certificateBoundTokens'],
    found: 'needs a client certificate, and network has none',
    expected: setCertificate,
  },
  {
    isBroken: ({ auth }, { tokenStore }) =>
      auth?.type === 'oauth2_client_credentials' && auth.dpop === true && tokenStore !== undefined,
    path: ['auth', 'dpop'],
    found: 'is true, and there is a tokenStore',
    expected: 'must be { privateKeyRef }: processes share tokens of the same key alone',
  },
];

/** Checks the rules between the clients and the rest of the file. */
export function checkClients(document: SharedFields, context: z.core.$RefinementCtx): void {
  const { clients } = document;
  if (!isGroup(clients)) return;
  for (const [name, client] of Object.entries(clients)) {
    if (!isGroup(client)) continue;
    for (const { isBroken, path, found, expected } of rules) {
      if (!isBroken(client, document)) continue;
      context.addIssue({ code: 'custom', path: ['clients', name, ...path], message: expected, params: { found } });
    }
  }
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> & PartialClient =>
  typeof value === 'object' && value !== null;
