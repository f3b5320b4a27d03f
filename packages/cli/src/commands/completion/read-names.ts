import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { findConfigFile } from '../../config/config-file.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Candidate } from './candidate.ts';

/** What to read of which config. */
export interface ReadNamesOptions {
  readonly kind: 'clients' | 'contexts';
  /** The file named on the command line. */
  readonly config: string | undefined;
}

const maxBytes = 1024 * 1024;

/** The names of clients, with those of the contexts, or of contexts. Not checked: a config that is being written has names as well. None without a config. */
export async function readNames(terminal: Terminal, { kind, config }: ReadNamesOptions): Promise<readonly Candidate[]> {
  try {
    const path = resolve(terminal.cwd, await findConfigFile(terminal, config));
    const stats = await stat(path);
    if (!stats.isFile() || stats.size > maxBytes) return [];
    const document: unknown = parse(await readFile(path, 'utf8'), { logLevel: 'silent', maxAliasCount: 100 });
    const contexts: readonly unknown[] = Object.values(readChild(document, 'contexts') ?? {});
    const groups = kind === 'contexts' ? [document] : [...contexts, document];
    const names = new Map(groups.flatMap((group) => Object.entries(readChild(group, kind) ?? {})));
    return [...names].map(([word, each]) => ({ word, description: describe(each) }));
  } catch {
    return [];
  }
}

function readChild(value: unknown, name: string): object | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const child: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof child === 'object' && child !== null ? child : undefined;
}

const describe = (client: unknown): string =>
  typeof client === 'object' && client !== null && 'baseUrl' in client && typeof client.baseUrl === 'string'
    ? (URL.parse(client.baseUrl)?.origin ?? '')
    : '';
