import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Where a config is looked for. */
export type ConfigContext = Pick<Terminal, 'cwd' | 'env' | 'stdin' | 'stderr' | 'interrupted'>;

const usualNames = ['bearings.yaml', 'bearings.yml', 'bearings.json'];

/**
 * The path of the config, which may be relative.
 *
 * @throws UsageError
 */
export async function findConfigFile({ cwd, env }: ConfigContext, config: string | undefined): Promise<string> {
  const given = config ?? env['BEARINGS_CONFIG'] ?? '';
  if (given !== '') return given;
  for (const name of usualNames) if (await fileExists(resolve(cwd, name))) return name;
  throw new UsageError(
    [
      `no config found: ${cwd} has no ${usualNames.join(', ')}`,
      '  name a file with --config FILE or BEARINGS_CONFIG, or create one: bearings init',
    ].join('\n'),
  );
}

async function fileExists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
