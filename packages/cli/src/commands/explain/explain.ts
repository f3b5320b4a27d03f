import { grantServer } from '@bearings/config';
import type { Auth, ClientConfig } from '@bearings/config';
import { assertClientsExist, openConfig } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { stackDiagram } from '../../output/stack-diagram.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The options of `bearings explain`. */
export interface ExplainOptions {
  readonly client: string;
  readonly config: string | undefined;
}

/** Prints a client's stages and settings. Sends nothing, and works without the secrets. */
export async function explainClient(terminal: Terminal, { client: name, config }: ExplainOptions): Promise<ExitCode> {
  const { clients } = await openConfig(terminal, { config, names: [] });
  assertClientsExist({ clients }, [name]);
  const diagram = await stackDiagram(clients, name);
  const { stdout } = terminal;
  const client = clients[name];
  if (client !== undefined) await stdout.write(`${printable(formatHeading(name, client))}\n\n`);
  await stdout.write(`${printable(diagram)}\n`);
  return exitCodes.ok;
}

function formatHeading(name: string, { baseUrl, profile = 'default', auth }: ClientConfig): string {
  return [`${name}  ${baseUrl}  (profile ${profile})`, ...describeCredential(auth)].join('\n');
}

/** Describes the source of a credential: references, not secrets. */
function describeCredential(auth: Auth): readonly string[] {
  switch (auth.type) {
    case 'none':
      return ['no credential'];
    case 'bearer':
      return [`bearer token from ${auth.tokenRef}`];
    case 'basic':
      return [`user ${auth.username}, password from ${auth.passwordRef}`];
    case 'api_key':
      return [`key from ${auth.keyRef}, in the header ${auth.header}`];
    case 'oauth2_authorization_code':
      return [
        `tokens of the person who has logged in, from ${grantServer(auth)}`,
        `client ${auth.clientId}, authenticated by ${auth.clientSecretRef ?? 'no secret'}`,
        `scopes ${scopeList(auth)}`,
      ];
    case 'oauth2_client_credentials':
  }
  const reference = auth.clientSecretRef ?? auth.privateKeyRef ?? 'no secret';
  return [
    `tokens from ${auth.issuerUrl ?? auth.tokenUrl}`,
    `client ${auth.clientId}, authenticated by ${reference} (${auth.clientAuthMethod ?? 'default method'})`,
    `scopes ${scopeList(auth)}`,
  ];
}

const scopeList = ({ scopes = [] }: { readonly scopes?: readonly string[] | undefined }): string =>
  scopes.length === 0 ? 'none requested' : scopes.join(' ');
