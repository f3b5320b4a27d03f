import { access, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ClientConfig } from '@bearings/config';
import { networkOf } from '../call/auth-debug-log.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { askClient } from './ask-client.ts';
import { personAt } from './asker.ts';
import type { Asker } from './asker.ts';
import { configText } from './config-text.ts';

/** What `bearings init` is told. */
export interface InitOrder {
  /** The file to write. */
  readonly file: string;
  /** Shows what is said to authorization servers. Default: false. */
  readonly debug?: boolean;
  /** Who is asked. Default: the person at the terminal. */
  readonly asker?: Asker;
}

/**
 * Asks for clients, checks the answers as they come, and writes a config. It asks for no secret, only for where one is.
 *
 * @throws UsageError when there is nobody to ask, or the file cannot be written
 */
export async function init(terminal: Terminal, { file, asker, debug = false }: InitOrder): Promise<ExitCode> {
  if (!terminal.stdin.isTTY || !terminal.stderr.isTTY) throw new UsageError(nobodyThere(file));
  try {
    const { fetch } = networkOf(terminal, debug);
    return await written({ ...terminal, fetch }, file, asker ?? personAt(terminal));
  } catch (error) {
    const isLeft = error instanceof Error && /^(?:Exit|Abort)PromptError$/.test(error.name);
    if (!isLeft && !terminal.interrupted.aborted) throw error;
    await terminal.stderr.write('\nNothing was written.\n');
    return exitCodes.interrupted;
  }
}

async function written(terminal: Terminal, file: string, asker: Asker): Promise<ExitCode> {
  const path = resolve(terminal.cwd, file);
  const isThere = await exists(path);
  if (isThere && !(await asker.confirm(`${file} is there already. Write a new one over it?`, false))) {
    await asker.tell('Nothing was written.');
    return exitCodes.ok;
  }
  const clients = await askClients(terminal, asker);
  await write(path, configText(clients), { file, isThere });
  const [name] = clients.keys();
  await asker.tell(printable(`Wrote ${file}. What next:\n  bearings doctor\n  bearings call ${name} <path>`));
  return exitCodes.ok;
}

async function askClients(terminal: Terminal, asker: Asker): Promise<ReadonlyMap<string, ClientConfig>> {
  const clients = new Map<string, ClientConfig>();
  do {
    const { name, client } = await askClient(terminal, { asker, taken: [...clients.keys()] });
    clients.set(name, client);
  } while (await asker.confirm('Another client?', false));
  return clients;
}

/** Not over a file that has come since somebody was asked. */
async function write(path: string, text: string, { file, isThere }: { file: string; isThere: boolean }): Promise<void> {
  try {
    await writeFile(path, text, { flag: isThere ? 'w' : 'wx' });
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

const nobodyThere = (file: string): string => `init asks, and there is nobody to answer: it needs a terminal
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
