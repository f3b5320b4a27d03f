import { systemClock } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { ClientConfig, Config } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { formatDuration } from '../../output/format-duration.ts';
import { printable } from '../../output/redaction.ts';
import { compareScopes } from '../../output/scope-difference.ts';
import { tokenErrorCause, tokenErrorRemedy } from '../../output/token-remedies.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { acquireWithin } from '../../time/acquire-within.ts';
import { sendFirstCall } from './first-call.ts';
import { loadTried } from './load-tried.ts';
import type { NamedClient } from './named-client.ts';
import type { Prompts } from './prompts.ts';
import { repairClient } from './repair-client.ts';
import type { Repair } from './repair-client.ts';

/**
 * Tries the answers about a client: acquires a token and sends a first call, if the user wants to. What the server
 * refuses can be changed at once.
 *
 * @returns the client, perhaps changed; `undefined` to ask about its credential again
 */
export async function tryClient(
  terminal: Terminal,
  prompts: Prompts,
  { name, client }: NamedClient,
): Promise<ClientConfig | undefined> {
  const { type } = client.auth;
  if (type === 'oauth2_authorization_code') return client; // a login needs the written config
  const loaded = await loadTried(terminal, { name, client });
  if (loaded.isErr()) {
    await prompts.print('  nothing is tried now: the secret cannot be read yet');
    return client;
  }
  const what = type === 'oauth2_client_credentials' ? 'request a token and send a first call' : 'send a first call';
  if (!(await prompts.confirm(`Try it now: ${what}?`, true))) return client;
  return tryUntilDone(terminal, prompts, { name, client });
}

async function tryUntilDone(
  terminal: Terminal,
  prompts: Prompts,
  { name, client }: NamedClient,
): Promise<ClientConfig | undefined> {
  const refused = new Set<string>();
  for (let tried = client; ;) {
    const loaded = await loadTried(terminal, { name, client: tried });
    if (loaded.isErr()) return tried;
    const outcome = await tryOnce(terminal, { prompts, config: loaded.value, name, client: tried, refused });
    if (outcome.next === 'keep') return outcome.client;
    if (outcome.next === 'ask') return undefined;
    tried = outcome.client;
  }
}

interface TryContext extends NamedClient {
  readonly prompts: Prompts;
  readonly config: Config;
  /** The client authentication methods that the server has refused. */
  readonly refused: Set<string>;
}

async function tryOnce(terminal: Terminal, context: TryContext): Promise<Repair> {
  const { prompts, config, name, client } = context;
  const { fetch, clock = systemClock, random = Math.random } = terminal;
  const tokens: TokenHandle[] = [];
  const onToken = (token: TokenHandle): void => void tokens.push(token);
  await using clients = await createClients(config, { fetch, clock, random, names: [name], onToken });
  const [token] = tokens;
  const acquired = token === undefined ? undefined : await acquireWithin(token, clock);
  if (acquired?.isErr()) {
    const { error } = acquired;
    await prompts.print(printable(`  ✗ ${tokenErrorCause(error)} → ${tokenErrorRemedy(error)}`));
    return repairClient(error, context);
  }
  const granted = token === undefined ? client : await showToken(prompts, token, client);
  const isAccepted = await sendFirstCall(terminal, {
    prompts,
    client: clients[name] ?? unknownClient(name),
    baseUrl: client.baseUrl,
  });
  const asksAgain = !isAccepted && (await prompts.confirm('Answer the questions about the credential again?', false));
  return { next: asksAgain ? 'ask' : 'keep', client: granted };
}

function unknownClient(name: string): never {
  throw new TypeError(`Client ${name} was found before and is missing now`);
}

/** Prints the lifetime and the scopes of a token. Returns the client without the scopes that were not granted, if the user wants. */
async function showToken(prompts: Prompts, token: TokenHandle, client: ClientConfig): Promise<ClientConfig> {
  const { auth } = client;
  if (auth.type !== 'oauth2_client_credentials') return client;
  const { issuedAt, expiresAt, scopes: granted } = token.status();
  const lifetime =
    issuedAt === undefined || expiresAt === undefined ? '' : `, valid for ${formatDuration(expiresAt - issuedAt)}`;
  const scopes = granted.length === 0 ? '' : `; scopes ${granted.join(' ')}`;
  await prompts.print(printable(`  ✓ a token${lifetime}${scopes}`));
  const { missing } = compareScopes(auth.scopes ?? [], granted);
  if (missing.length === 0) return client;
  await prompts.print(printable(`  ! not granted: ${missing.join(' ')}`));
  if (!(await prompts.confirm('Remove what is not granted from the scopes?', true))) return client;
  return { ...client, auth: { ...auth, scopes: (auth.scopes ?? []).filter((scope) => !missing.includes(scope)) } };
}
