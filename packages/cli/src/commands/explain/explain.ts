import { grantServer } from '@bearings/config';
import type { Auth, ClientConfig, NetworkConfig } from '@bearings/config';
import { assertClientsExist, openConfig } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { toJsonClient } from '../../output/client-json.ts';
import { printJson } from '../../output/print-json.ts';
import { stackDiagram, stackStages } from '../../output/stack-diagram.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { describeKey, formatOAuth2Settings, readOAuth2Settings } from './oauth2-settings.ts';

/** The options of `bearings explain`. */
export interface ExplainOptions {
  readonly client: string;
  readonly config: string | undefined;
  /** Prints JSON. Default: false. */
  readonly json?: boolean;
}

/** Prints a client's stages and settings. Sends nothing, and works without the secrets. */
export async function explainClient(
  terminal: Terminal,
  { client: name, config, json = false }: ExplainOptions,
): Promise<ExitCode> {
  const { clients } = await openConfig(terminal, { config, names: [] });
  assertClientsExist({ clients }, [name]);
  const { stdout } = terminal;
  const client = clients[name];
  if (json && client !== undefined) {
    const settings =
      client.auth.type === 'oauth2_client_credentials' ? readOAuth2Settings(client.auth, client.network) : null;
    const stages = await stackStages(clients, name);
    await printJson(stdout, { ...toJsonClient(name, client), oauth2: settings, stages });
    return exitCodes.ok;
  }
  const diagram = await stackDiagram(clients, name);
  if (client !== undefined) await stdout.write(`${printable(formatHeading(name, client))}\n\n`);
  await stdout.write(`${printable(diagram)}\n`);
  return exitCodes.ok;
}

function formatHeading(name: string, { baseUrl, profile = 'default', auth, network }: ClientConfig): string {
  return [`${name}  ${baseUrl}  (profile ${profile})`, ...describeCredential(auth, network)].join('\n');
}

/** Describes the source of a credential: references, not secrets. */
function describeCredential(auth: Auth, network: NetworkConfig | undefined): readonly string[] {
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
        ...(describeKey(auth) === null ? [] : [`tokens bound to ${describeKey(auth)} (DPoP)`]),
      ];
    case 'google_service_account': {
      const subject = auth.subject === undefined ? '' : `, for ${auth.subject}`;
      return [
        `tokens from Google, by the grant jwt_bearer with the service-account key from ${auth.serviceAccountKeyRef}${subject}`,
        `scopes ${scopeList(auth)}`,
      ];
    }
    case 'oauth2_client_credentials':
  }
  return formatOAuth2Settings(auth, network);
}

const scopeList = ({ scopes = [] }: { readonly scopes?: readonly string[] | undefined }): string =>
  scopes.length === 0 ? 'none requested' : scopes.join(' ');
