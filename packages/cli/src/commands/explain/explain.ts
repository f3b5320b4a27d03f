import type { Auth, ClientConfig } from '@bearings/config';
import { mustHaveClients, openConfig } from '../../find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { pictureOf } from '../../output/stack-diagram.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** What `bearings explain` is told. */
export interface ExplainOrder {
  readonly client: string;
  readonly config: string | undefined;
}

/** Prints the picture of a client's stack under a heading. Sends nothing; secrets need not be there. */
export async function explainClient(terminal: Terminal, { client: name, config }: ExplainOrder): Promise<ExitCode> {
  const { clients } = await openConfig(terminal, { config, names: [] });
  mustHaveClients({ clients }, [name]);
  const picture = await pictureOf(clients, name);
  const { stdout } = terminal;
  const described = clients[name];
  if (described !== undefined) await stdout.write(`${printable(headingOf(name, described))}\n\n`);
  await stdout.write(`${printable(picture)}\n`);
  return exitCodes.ok;
}

function headingOf(name: string, { baseUrl, profile = 'default', auth }: ClientConfig): string {
  return [`${name}  ${baseUrl}  (profile ${profile})`, ...credentialOf(auth)].join('\n');
}

/** Where a credential comes from: references, not secrets. */
function credentialOf(auth: Auth): readonly string[] {
  switch (auth.type) {
    case 'none':
      return ['no credential'];
    case 'bearer':
      return [`bearer token from ${auth.tokenRef}`];
    case 'basic':
      return [`user ${auth.username}, password from ${auth.passwordRef}`];
    case 'api_key':
      return [`key from ${auth.keyRef}, in the header ${auth.header}`];
    case 'oauth2_client_credentials':
  }
  const proof = auth.clientSecretRef ?? auth.privateKeyRef ?? 'nothing but its id';
  const scopes = auth.scopes === undefined || auth.scopes.length === 0 ? 'none asked for' : auth.scopes.join(' ');
  return [
    `tokens from ${auth.issuerUrl ?? auth.tokenUrl}`,
    `client ${auth.clientId}, proved by ${proof} (${auth.clientAuthMethod ?? 'method by default'})`,
    `scopes ${scopes}`,
  ];
}
