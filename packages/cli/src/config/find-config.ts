import { orThrow } from '@bearings/client';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closestName } from '@bearings/client/layer';
import { InvalidConfigError, loadConfig } from '@bearings/config';
import type { Config } from '@bearings/config';
import type { Result } from 'ts-results';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Which config to use. */
export interface FindConfigOptions {
  /** The file. Default: `BEARINGS_CONFIG`, else the first of bearings.yaml, bearings.yml, bearings.json that exists. */
  readonly config?: string | undefined;
  /** The clients whose secrets must exist. Default: all. */
  readonly names?: readonly string[] | undefined;
}

/** A config file, and its content or what is wrong with it. */
export interface FoundConfig {
  /** The path as the user gave it, for messages. */
  readonly file: string;
  readonly config: Result<Config, InvalidConfigError>;
}

type ConfigContext = Pick<Terminal, 'cwd' | 'env'>;

const usualNames = ['bearings.yaml', 'bearings.yml', 'bearings.json'];

/**
 * Finds and reads the config, and reports all its problems.
 *
 * @throws UsageError when there is no config; the message says where it was searched
 */
export async function readConfig(context: ConfigContext, options: FindConfigOptions): Promise<FoundConfig> {
  const file = await findConfig(context, options);
  const loaded = await loadConfig(resolve(context.cwd, file), { env: context.env, names: options.names });
  return { file, config: loaded.mapErr((error) => withFileName(file, error)) };
}

/**
 * Finds and reads the config, for commands that cannot run without a valid one.
 *
 * @throws UsageError | InvalidConfigError
 */
export async function openConfig(context: ConfigContext, options: FindConfigOptions): Promise<Config> {
  const { config } = await readConfig(context, options);
  return orThrow(config);
}

/**
 * Checks that the config has these clients.
 *
 * @throws UsageError with the closest name
 */
export function assertClientsExist({ clients }: Pick<Config, 'clients'>, names: readonly string[]): void {
  const unknown = names.filter((name) => !Object.hasOwn(clients, name));
  if (unknown.length === 0) return;
  const known = Object.keys(clients);
  const lines = unknown.map((name) => {
    const meant = closestName(name, known);
    const hint = meant === undefined ? `the clients are ${known.join(', ')}` : `did you mean ${meant}?`;
    return `the config has no client ${name}: ${hint}`;
  });
  throw new UsageError(lines.join('\n'));
}

/** @throws UsageError */
async function findConfig({ cwd, env }: ConfigContext, { config }: FindConfigOptions): Promise<string> {
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

/** The same error with the file name as the user gave it. */
function withFileName(file: string, { problems }: InvalidConfigError): InvalidConfigError {
  const shown = problems.map((problem) => (problem.file === undefined ? problem : { ...problem, file }));
  return new InvalidConfigError(file, shown);
}
