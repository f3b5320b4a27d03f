import { clearTokenCache, openTokenStore } from '@bearings/config';
import { tokenCache } from '../../config/command-sharing.ts';
import { openConfig } from '../../config/find-config.ts';
import type { FindConfigOptions } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/**
 * `bearings auth clear`: deletes every token in the store of the config; without one those in the token cache.
 *
 * @throws UsageError | InvalidConfigError | ConfigError
 */
export async function authClear(terminal: Terminal, { config: file }: FindConfigOptions): Promise<ExitCode> {
  const config = await openConfig(terminal, { config: file, names: [] });
  await using opened = await openTokenStore(config);
  const count = opened === undefined ? await clearTokenCache(tokenCache(terminal)) : await opened.clear();
  await terminal.stdout.write(`${count} stored ${count === 1 ? 'token' : 'tokens'} deleted\n`);
  return exitCodes.ok;
}
