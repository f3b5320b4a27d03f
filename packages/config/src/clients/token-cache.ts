import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { KeyValue } from '@bearings/oauth-bearer/store';
import type { Environment } from '../secrets/secret-reference.ts';
import { openTokenFile } from './open-token-store.ts';
import type { OpenedSharing } from './open-token-store.ts';
import { isSealingKey } from './sealing-key.ts';

/** The token cache of a command line. */
export interface TokenCacheOptions {
  /** The name of the command: its folder below the person's cache. */
  readonly command: string;
  readonly env: Environment;
}

/**
 * The file in which the runs of a command line share tokens when its config names no store:
 * `$XDG_CACHE_HOME/<command>/tokens.db`, by default below `~/.cache`; on Windows below `%LOCALAPPDATA%`. `undefined` when
 * the environment names no folder.
 */
export function tokenCacheFile({ command, env }: TokenCacheOptions): string | undefined {
  const [xdg = '', local = '', home = env['USERPROFILE'] ?? ''] = [
    env['XDG_CACHE_HOME'],
    env['LOCALAPPDATA'],
    env['HOME'],
  ];
  // a relative one is invalid and ignored (XDG Base Directory Specification)
  const folder = [xdg, local].find(isAbsolute) ?? (isAbsolute(home) ? join(home, '.cache') : undefined);
  return folder === undefined ? undefined : join(folder, command, 'tokens.db');
}

/**
 * Opens the token cache of a command line; `undefined` when there is no folder or no right key, or the file cannot be used,
 * such as a symbolic link: a cache is not needed, and without a key nothing is stored. The caller closes it.
 *
 * @param readKey - 32 random bytes, or their base64. It may reject, and answer with nothing
 */
export async function openTokenCache(
  options: TokenCacheOptions,
  readKey: () => Promise<KeyValue | null | undefined>,
): Promise<OpenedSharing | undefined> {
  const file = tokenCacheFile(options);
  if (file === undefined) return undefined;
  try {
    const key = await readKey();
    if (key === undefined || key === null || !isSealingKey(key)) return undefined;
    return await openTokenFile(file, key);
  } catch {
    return undefined;
  }
}

/** Deletes every token in the token cache of a command line. Answers with how many there were. Needs no key. */
export async function clearTokenCache(options: TokenCacheOptions): Promise<number> {
  const file = tokenCacheFile(options);
  if (file === undefined || !existsSync(file)) return 0;
  await using opened = await openTokenFile(file, '');
  return opened.clear();
}
