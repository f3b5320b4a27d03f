import { openTokenCache, openTokenStore } from '@bearings/config';
import type { Config, OpenedSharing, TokenCacheOptions, TokenSharing } from '@bearings/config';
import { readGrantKeys } from '../grants/read-grant-keys.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Whether and with which key a command shares tokens. */
export interface SharingOptions {
  /** `env:NAME` or `file:PATH`. Default: `BEARINGS_KEY`, else the key in the keyring. */
  readonly key?: string | undefined;
  /** False: tokens are requested anew. Default: true. */
  readonly cache?: boolean | undefined;
}

/** What a command shares tokens by. The command closes it. */
export interface CommandSharing extends AsyncDisposable {
  /** The option `sharing` of clients and tokens; `false` for not at all. */
  readonly sharing: TokenSharing | false;
}

/**
 * Opens the `tokenStore` of the config; without one the token cache of this person, when there is a key for it.
 *
 * @throws InvalidConfigError | ConfigError for the `tokenStore` of a config
 */
export async function openSharing(
  terminal: Terminal,
  config: Config,
  { key, cache = true }: SharingOptions,
): Promise<CommandSharing> {
  const opened = cache ? ((await openTokenStore(config)) ?? (await openOwnCache(terminal, config, key))) : undefined;
  return { sharing: opened ?? false, [Symbol.asyncDispose]: async () => opened?.close() };
}

/** Where commands keep tokens when the config has no `tokenStore`. */
export const tokenCache = ({ env }: Pick<Terminal, 'env'>): TokenCacheOptions => ({ command: 'bearings', env });

function openOwnCache(terminal: Terminal, config: Config, key: string | undefined): Promise<OpenedSharing | undefined> {
  return openTokenCache(tokenCache(terminal), async () => {
    const { keys, current } = await readGrantKeys(terminal, config, { key });
    const value = keys[current];
    return typeof value === 'function' ? value() : value;
  });
}
