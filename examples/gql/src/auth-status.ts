import { readCredentials } from '@bearings/config';
import { CommandError } from './command-error.ts';
import { statusOf } from './credential-status.ts';
import type { CredentialStatus } from './credential-status.ts';
import { durationText } from './duration.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import { prettyJson } from './lossless-json.ts';
import { endpointNamed, openConfig } from './open-config.ts';
import type { Terminal } from './terminal.ts';

/** What `gql auth status` is given. */
export interface StatusArguments {
  /** Which endpoints; all when there are none. */
  readonly endpoints: readonly string[];
  readonly json?: boolean;
  readonly config?: string;
}

/**
 * `gql auth status`: tells of each distinct credential whether there is a token, for how long and for what.
 *
 * @throws CommandError when one has none, after all have been told of
 */
export async function authStatus(given: StatusArguments, terminal: Terminal): Promise<void> {
  const { json = false } = given;
  const config = chosen(await openConfig(given.config, terminal), given.endpoints);
  const credentials = await Promise.all(readCredentials(config).map((each) => statusOf(config, each, terminal)));
  const open = Object.keys(config.clients).filter((name) => config.clients[name]?.auth.type === 'none');
  if (json) terminal.print(`${prettyJson({ credentials, withoutCredential: open })}\n`);
  else terminal.print(`${[...credentials.map(paragraphOf), ...open.map(openLine)].join('\n')}\n`);
  const failed = credentials.filter(({ error }) => error !== null).length;
  if (failed > 0) throw new CommandError('AUTH', `No token for ${failed} of ${credentials.length} credentials`);
}

function chosen(config: EndpointsConfig, names: readonly string[]): EndpointsConfig {
  if (names.length === 0) return config;
  const clients = names.map((name) => [name, endpointNamed(name, config)] as const);
  return { ...config, clients: Object.fromEntries(clients) };
}

const openLine = (name: string): string => `– ${name}\n    type       none`;

function paragraphOf(status: CredentialStatus): string {
  const { endpoints, type, issuer, clientId, state, error } = status;
  const facts: readonly (readonly [label: string, text: string | undefined])[] = [
    ['type', type],
    ['issuer', issuer ?? undefined],
    ['client', clientId ?? undefined],
    ['state', state],
    ['lifetime', lifetimeOf(status)],
    ['scopes', type === 'oauth2_client_credentials' ? scopesOf(status) : undefined],
    ['error', error === null ? undefined : `${error.message.replaceAll(/\s+/g, ' ')} (${error.code})`],
  ];
  const lines = facts.flatMap(([label, text]) => (text === undefined ? [] : [`    ${label.padEnd(10)} ${text}`]));
  return [`${error === null ? '✓' : '✗'} ${endpoints.join(', ')}`, ...lines].join('\n');
}

function lifetimeOf({ state, validForMs, expiresAt }: CredentialStatus): string | undefined {
  if (state === 'none') return undefined;
  if (validForMs === null || expiresAt === null) return 'not known: somebody else looks after it';
  return `${durationText(validForMs)}, until ${new Date(expiresAt).toISOString()}`;
}

/** What was asked for, and how what was granted differs. */
function scopesOf({ state, scopes: { requested, granted, missing } }: CredentialStatus): string {
  const isMissing = (scope: string): boolean => state !== 'none' && missing.includes(scope);
  const more = granted.filter((scope) => !requested.includes(scope));
  const parts = [
    ...requested.map((scope) => (isMissing(scope) ? `${scope} (not granted)` : scope)),
    ...more.map((scope) => `${scope} (not asked for)`),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}
