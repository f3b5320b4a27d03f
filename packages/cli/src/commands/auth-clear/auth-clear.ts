import { openTokenStore } from '@bearings/config';
import { openConfig } from '../../config/find-config.ts';
import type { FindConfigOptions } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';

/**
 * `bearings auth clear`: deletes every token in the store of the config.
 *
 * @throws UsageError when the config has no `tokenStore`
 * @throws InvalidConfigError | ConfigError
 */
export async function authClear(terminal: Terminal, { config: file }: FindConfigOptions): Promise<ExitCode> {
  const config = await openConfig(terminal, { config: file, names: [] });
  const sharing = await openTokenStore(config);
  if (sharing === undefined) throw new UsageError('the config has no tokenStore: no token is stored');
  using store = sharing.store;
  const count = await store.clear();
  await terminal.stdout.write(`${count} stored ${count === 1 ? 'token' : 'tokens'} deleted\n`);
  return exitCodes.ok;
}
