import { isAbsolute, join } from 'node:path';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The file with the grants of the person at the terminal: `$XDG_STATE_HOME/bearings/grants.db`, by default below
 * `~/.local/state`; on Windows below `%LOCALAPPDATA%`.
 *
 * @throws UsageError when the environment names no folder
 */
export function grantsFile(env: Terminal['env']): string {
  return join(stateFolder(env), 'bearings', 'grants.db');
}

function stateFolder(env: Terminal['env']): string {
  const [xdg = '', local = '', home = env['USERPROFILE'] ?? ''] = [
    env['XDG_STATE_HOME'],
    env['LOCALAPPDATA'],
    env['HOME'],
  ];
  if (isAbsolute(xdg)) return xdg; // a relative one is invalid and ignored (XDG Base Directory Specification)
  if (isAbsolute(local)) return local;
  if (isAbsolute(home)) return join(home, '.local', 'state');
  throw new UsageError('there is no folder for tokens: set XDG_STATE_HOME or HOME to an absolute path');
}
