import { orThrow } from '@bearings/client';
import { resolve } from 'node:path';
import { closestName } from '@bearings/client/layer';
import { formatProblem, InvalidConfigError, loadConfig } from '@bearings/config';
import type { Config, Problem } from '@bearings/config';
import type { Result } from 'ts-results';
import { printable } from '../output/redaction.ts';
import { UsageError } from '../usage-error.ts';
import { readPipedConfig } from './piped-config.ts';
import { findConfigFile } from './config-file.ts';
import { chosenContext } from './chosen-context.ts';
import type { ConfigContext } from './config-file.ts';

/** Which config to use. */
export interface FindConfigOptions {
  /** The file; `-` for stdin, or a pipe. Default: `BEARINGS_CONFIG`, else the first of bearings.yaml, bearings.yml, bearings.json that exists. */
  readonly config?: string | undefined;
  /** The clients whose secrets must exist. Default: all. */
  readonly names?: readonly string[] | undefined;
  /** False for a config without its `tokenStore`. Default: true. */
  readonly cache?: boolean | undefined;
}

/** A config file, and its content or what is wrong with it. */
export interface FoundConfig {
  /** The path as the user gave it, for messages. */
  readonly file: string;
  readonly config: Result<Config, InvalidConfigError>;
}

/**
 * Finds and reads the config, and reports all its problems.
 *
 * @throws UsageError when there is no config; the message says where it was searched
 */
export async function readConfig(context: ConfigContext, options: FindConfigOptions): Promise<FoundConfig> {
  const file = await findConfigFile(context, options.config);
  const path = resolve(context.cwd, file);
  const text = await readPipedConfig(context, path, file);
  // files that a config from a pipe names are beside the command, not beside the pipe
  const source = text === undefined ? path : resolve(context.cwd, 'config');
  const warnings: Problem[] = [];
  const loaded = await loadConfig(source, {
    ...(text !== undefined && { text }),
    env: context.env,
    names: options.names,
    context: chosenContext(context.env),
    onWarning: (warning) => warnings.push({ ...warning, ...(warning.file !== undefined && { file }) }),
  });
  for (const warning of warnings)
    await context.stderr.write(`bearings: warning: ${printable(formatProblem(warning))}\n`);
  return { file, config: loaded.mapErr((error) => withFileName(file, error)) };
}

/**
 * Finds and reads the config, for commands that cannot run without a valid one.
 *
 * @throws UsageError | InvalidConfigError
 */
export async function openConfig(context: ConfigContext, options: FindConfigOptions): Promise<Config> {
  const { config } = await readConfig(context, options);
  const found = orThrow(config);
  return options.cache === false ? { ...found, tokenStore: undefined } : found;
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

/** The same error with the file name as the user gave it. */
function withFileName(file: string, { problems }: InvalidConfigError): InvalidConfigError {
  const shown = problems.map((problem) => (problem.file === undefined ? problem : { ...problem, file }));
  return new InvalidConfigError(file, shown);
}
