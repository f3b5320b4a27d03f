import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ClientConfig } from '@bearings/config';
import { CommandError } from './command-error.ts';
import { readEndpoints } from './endpoints-config.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import { suggestName } from './suggest-name.ts';
import type { Terminal } from './terminal.ts';

/** The options of every command. */
export interface ConfigArguments {
  readonly config?: string;
  /** False with `--no-cache`: tokens are requested anew, and not stored. Default: true. */
  readonly cache?: boolean;
}

const usualNames = ['gql.yaml', 'gql.yml', 'gql.json'];

/**
 * Opens the config: `--config`, else `GQL_CONFIG`, else `gql.yaml`, `gql.yml` or `gql.json` in the current folder.
 *
 * @throws CommandError that lists all problems, or where the config was searched
 */
export async function openConfig(
  { config: given, cache = true }: ConfigArguments,
  { env, cwd }: Terminal,
): Promise<EndpointsConfig> {
  const named = given ?? env['GQL_CONFIG'];
  const file = named ?? usualNames.find((name) => existsSync(resolve(cwd, name)));
  if (file !== undefined) {
    const config = await readEndpoints(resolve(cwd, file), env);
    return cache ? config : { ...config, openSharing: async () => undefined };
  }
  const searched = `${cwd} has no ${usualNames.join(', ')}, and GQL_CONFIG is not set`;
  throw new CommandError('USAGE', 'No config found', [searched, 'Name a file with --config FILE']);
}

/** @throws CommandError for an unknown name, with the closest name */
export function findEndpoint(name: string, { clients, file }: EndpointsConfig): ClientConfig {
  const endpoint = Object.hasOwn(clients, name) ? clients[name] : undefined;
  if (endpoint !== undefined) return endpoint;
  const hint = suggestName(name, Object.keys(clients), 'endpoints');
  throw new CommandError('USAGE', `${file} has no endpoint ${JSON.stringify(name)}`, [hint]);
}
