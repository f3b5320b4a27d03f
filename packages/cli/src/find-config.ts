import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closestName } from '@bearings/client/layer';
import { InvalidConfigError, loadConfig } from '@bearings/config';
import type { Config } from '@bearings/config';
import type { Result } from 'ts-results';
import type { Terminal } from './terminal/terminal.ts';
import { UsageError } from './usage-error.ts';

/** Which config is meant. */
export interface ConfigChoice {
  /** The file; default: `BEARINGS_CONFIG`, else the first of bearings.yaml, bearings.yml, bearings.json that is there. */
  readonly config?: string | undefined;
  /** The clients whose secrets must be there. Default: all. */
  readonly names?: readonly string[] | undefined;
}

/** A config that was found, and whether it can be used. */
export interface FoundConfig {
  /** As it was given, for messages. */
  readonly file: string;
  readonly config: Result<Config, InvalidConfigError>;
}

type Place = Pick<Terminal, 'cwd' | 'env'>;

const usualNames = ['bearings.yaml', 'bearings.yml', 'bearings.json'];

/**
 * Finds and reads the config, with all that is wrong with it.
 *
 * @throws UsageError when there is none, saying where it was looked for
 */
export async function readConfig(terminal: Place, choice: ConfigChoice): Promise<FoundConfig> {
  const file = await findConfig(terminal, choice);
  const loaded = await loadConfig(resolve(terminal.cwd, file), { env: terminal.env, names: choice.names });
  return { file, config: loaded.mapErr((error) => named(file, error)) };
}

/**
 * The config, for a command that cannot do without.
 *
 * @throws UsageError | InvalidConfigError
 */
export async function openConfig(terminal: Place, choice: ConfigChoice): Promise<Config> {
  const { config } = await readConfig(terminal, choice);
  if (config.isErr()) throw config.error;
  return config.value;
}

/**
 * Checks that clients are in a config, before anything is done for one of them.
 *
 * @throws UsageError with what was probably meant
 */
export function mustHaveClients({ clients }: Pick<Config, 'clients'>, names: readonly string[]): void {
  const strangers = names.filter((name) => !Object.hasOwn(clients, name));
  if (strangers.length === 0) return;
  const known = Object.keys(clients);
  const lines = strangers.map((name) => {
    const meant = closestName(name, known);
    const hint = meant === undefined ? `the clients are ${known.join(', ')}` : `did you mean ${meant}?`;
    return `the config has no client ${name}: ${hint}`;
  });
  throw new UsageError(lines.join('\n'));
}

/** @throws UsageError */
async function findConfig({ cwd, env }: Place, { config }: ConfigChoice): Promise<string> {
  const given = config ?? env['BEARINGS_CONFIG'] ?? '';
  if (given !== '') return given;
  for (const name of usualNames) if (await isThere(resolve(cwd, name))) return name;
  throw new UsageError(
    [
      `there is no config: no ${usualNames.join(', ')} in ${cwd}`,
      '  name one by --config FILE or BEARINGS_CONFIG, or write one: bearings init',
    ].join('\n'),
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** The same with the file as the user knows it. */
function named(file: string, { problems }: InvalidConfigError): InvalidConfigError {
  const shown = problems.map((problem) => (problem.file === undefined ? problem : { ...problem, file }));
  return new InvalidConfigError(file, shown);
}
