import { access, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ClientConfig } from '@bearings/config';
import { createNetwork, toFetch } from '../../terminal/network.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { askClient } from './ask-client.ts';
import { createPrompts } from './prompts.ts';
import type { Prompts } from './prompts.ts';
import { configText } from './config-text.ts';

/** The options of `bearings init`. */
export interface InitOptions {
  /** The file to write. */
  readonly file: string;
  /** Shows the exchanges with authorization servers on stderr. Default: false. */
  readonly debug?: boolean;
  /** Asks the questions. Default: the user at the terminal. */
  readonly prompts?: Prompts;
}

/**
 * Asks for the clients, checks each answer, and writes a config. Never asks for a secret, only for its place.
 *
 * @throws UsageError without a terminal, or when the file cannot be written
 */
export async function init(terminal: Terminal, { file, prompts, debug = false }: InitOptions): Promise<ExitCode> {
  if (!terminal.stdin.isTTY || !terminal.stderr.isTTY) throw new UsageError(noTerminalMessage(file));
  try {
    await using network = createNetwork(terminal, debug);
    const fetch = toFetch(network, await network.open(undefined));
    return await askAndWrite({ ...terminal, fetch }, file, prompts ?? createPrompts(terminal));
  } catch (error) {
    const isCancelled = error instanceof Error && /^(?:Exit|Abort)PromptError$/.test(error.name);
    if (!isCancelled && !terminal.interrupted.aborted) throw error;
    await terminal.stderr.write('\nNothing was written.\n');
    return exitCodes.interrupted;
  }
}

async function askAndWrite(terminal: Terminal, file: string, prompts: Prompts): Promise<ExitCode> {
  const path = resolve(terminal.cwd, file);
  const fileExists = await exists(path);
  if (fileExists && !(await prompts.confirm(`${file} already exists. Overwrite it?`, false))) {
    await prompts.print('Nothing was written.');
    return exitCodes.ok;
  }
  const clients = await askClients(terminal, prompts);
  await write(path, configText(clients), { file, fileExists });
  await offerLogins(terminal, prompts, { clients, file });
  const [name] = clients.keys();
  await prompts.print(printable(`Wrote ${file}. Next:\n  bearings doctor\n  bearings call ${name} <path>`));
  return exitCodes.ok;
}

interface WrittenConfig {
  readonly clients: ReadonlyMap<string, ClientConfig>;
  readonly file: string;
}

/** Logs in to the clients with the token of a person, and sends their first call, if the user wants to. */
async function offerLogins(terminal: Terminal, prompts: Prompts, { clients, file }: WrittenConfig): Promise<void> {
  for (const [name, { auth, baseUrl }] of clients) {
    if (auth.type !== 'oauth2_authorization_code') continue;
    if (!(await prompts.confirm(`Log in to ${name} now?`, true))) continue;
    const { tryLogin } = await import('./try-login.ts');
    await tryLogin(terminal, { prompts, name, baseUrl, file });
  }
}

async function askClients(terminal: Terminal, prompts: Prompts): Promise<ReadonlyMap<string, ClientConfig>> {
  const clients = new Map<string, ClientConfig>();
  do {
    const { name, client } = await askClient(terminal, { prompts, takenNames: [...clients.keys()] });
    clients.set(name, client);
  } while (await prompts.confirm('Another client?', false));
  return clients;
}

/** Does not overwrite a file that was created after the question. */
async function write(
  path: string,
  text: string,
  { file, fileExists }: { file: string; fileExists: boolean },
): Promise<void> {
  try {
    await writeFile(path, text, { flag: fileExists ? 'w' : 'wx' });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UsageError(`${file} cannot be written (${code})`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

const noTerminalMessage = (file: string): string => `init asks questions, so it needs a terminal
  without one, write ${file} yourself:

clients:
  orders:
    baseUrl: https://orders.internal
    auth:
      type: oauth2_client_credentials
      issuerUrl: https://id.internal/realms/prod
      clientId: billing
      clientSecretRef: env:ORDERS_SECRET
      scopes: [orders.read]
`;
