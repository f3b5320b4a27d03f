import { readCredentials } from '@bearings/config';
import { CommandError } from './command-error.ts';
import { readStatus } from './credential-status.ts';
import type { CredentialStatus } from './credential-status.ts';
import { formatDuration } from './format-duration.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import { prettyJson } from './pretty-json.ts';
import { findEndpoint, openConfig } from './open-config.ts';
import type { ConfigArguments } from './open-config.ts';
import type { Terminal } from './terminal.ts';

/** The arguments of `gql auth status`. */
export interface StatusArguments extends ConfigArguments {
  /** Names of endpoints; an empty list means all. */
  readonly endpoints: readonly string[];
  readonly json?: boolean;
}

/**
 * `gql auth status`: prints for each distinct credential whether it has a token, its lifetime and its scopes.
 *
 * @throws CommandError when a credential has no token, after all are printed
 */
export async function authStatus(args: StatusArguments, terminal: Terminal): Promise<void> {
  const { json = false } = args;
  const config = selectEndpoints(await openConfig(args, terminal), args.endpoints);
  await using sharing = await config.openSharing();
  const read = readCredentials(config).map((each) => readStatus({ config, sharing }, each, terminal));
  const credentials = await Promise.all(read);
  const open = Object.keys(config.clients).filter((name) => config.clients[name]?.auth.type === 'none');
  if (json) terminal.print(`${prettyJson({ credentials, withoutCredential: open })}\n`);
  else terminal.print(`${[...credentials.map(formatStatus), ...open.map(openLine)].join('\n')}\n`);
  const failed = credentials.filter(({ error }) => error !== null).length;
  if (failed > 0) throw new CommandError('AUTH', `No token for ${failed} of ${credentials.length} credentials`);
}

function selectEndpoints(config: EndpointsConfig, names: readonly string[]): EndpointsConfig {
  if (names.length === 0) return config;
  const clients = names.map((name) => [name, findEndpoint(name, config)] as const);
  return { ...config, clients: Object.fromEntries(clients) };
}

const openLine = (name: string): string => `– ${name}\n    type       none`;

function formatStatus(status: CredentialStatus): string {
  const { endpoints, type, issuer, clientId, state, error } = status;
  const facts: readonly (readonly [label: string, text: string | undefined])[] = [
    ['type', type],
    ['issuer', issuer ?? undefined],
    ['client', clientId ?? undefined],
    ['state', state],
    ['from', status.origin === 'store' ? 'the token store' : undefined],
    ['lifetime', formatLifetime(status)],
    ['scopes', type === 'oauth2_client_credentials' ? formatScopes(status) : undefined],
    ['error', error === null ? undefined : `${error.message.replaceAll(/\s+/g, ' ')} (${error.code})`],
  ];
  const lines = facts.flatMap(([label, text]) => (text === undefined ? [] : [`    ${label.padEnd(10)} ${text}`]));
  return [`${error === null ? '✓' : '✗'} ${endpoints.join(', ')}`, ...lines].join('\n');
}

function formatLifetime({ state, validForMs, expiresAt }: CredentialStatus): string | undefined {
  if (state === 'none') return undefined;
  if (validForMs === null || expiresAt === null) return 'not known: static credential';
  return `${formatDuration(validForMs)}, until ${new Date(expiresAt).toISOString()}`;
}

/** The requested scopes, and how the granted ones differ. */
function formatScopes({ state, scopes: { requested, granted, missing } }: CredentialStatus): string {
  const isMissing = (scope: string): boolean => state !== 'none' && missing.includes(scope);
  const extra = granted.filter((scope) => !requested.includes(scope));
  const parts = [
    ...requested.map((scope) => (isMissing(scope) ? `${scope} (not granted)` : scope)),
    ...extra.map((scope) => `${scope} (not requested)`),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}
