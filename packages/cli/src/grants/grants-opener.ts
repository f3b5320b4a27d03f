import { existsSync } from 'node:fs';
import { systemClock } from '@bearings/client';
import type { Config, GrantAccess } from '@bearings/config';
import type { GrantStore } from '@bearings/user-tokens';
import type { Terminal } from '../terminal/terminal.ts';
import { grantsFile } from './grants-file.ts';
import { readGrantKeys } from './read-grant-keys.ts';
import type { GrantKeyOptions } from './read-grant-keys.ts';

/** The option `openGrants` of clients and tokens: the grants of `bearings login`. Creates nothing. */
export function grantsOpener(
  terminal: Terminal,
  config: Pick<Config, 'readSecret'>,
  key: string | undefined,
): () => Promise<GrantAccess | undefined> {
  return async () => {
    const path = grantsFile(terminal.env);
    if (!existsSync(path)) return undefined;
    const keys = await readGrantKeys(terminal, config, { key });
    return { keys, store: await openStore(path, terminal) };
  };
}

/**
 * The grants, created when there are none. The key is read first: without one, nothing is written.
 *
 * @throws TokenConfigError | UsageError
 */
export async function createGrants(
  terminal: Terminal,
  config: Pick<Config, 'readSecret'>,
  key: GrantKeyOptions['key'],
): Promise<GrantAccess> {
  const path = grantsFile(terminal.env);
  const keys = await readGrantKeys(terminal, config, { key, creates: true });
  return { keys, store: await openStore(path, terminal) };
}

/** A login that is not completed is in memory alone. Loaded late: `node:sqlite` prints a warning on Node 22. */
async function openStore(path: string, { clock = systemClock }: Terminal): Promise<GrantStore> {
  const [{ sqliteStore }, { withMemoryFlows }] = await Promise.all([
    import('@bearings/user-tokens/sqlite'),
    import('@bearings/user-tokens/loopback'),
  ]);
  return withMemoryFlows(sqliteStore({ path, clock }), clock);
}
