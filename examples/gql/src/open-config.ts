import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ClientConfig } from '@bearings/config';
import { CommandError } from './command-error.ts';
import { readEndpoints } from './endpoints-config.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import { suggestionFor } from './suggestion.ts';
import type { Terminal } from './terminal.ts';

const usualNames = ['gql.yaml', 'gql.yml', 'gql.json'];

/**
 * Opens the config: `--config`, else what `GQL_CONFIG` names, else `gql.yaml`, `gql.yml` or `gql.json` where one is.
 *
 * @throws CommandError that tells all that is wrong, or where was looked
 */
export async function openConfig(given: string | undefined, { env, cwd }: Terminal): Promise<EndpointsConfig> {
  const named = given ?? env['GQL_CONFIG'];
  const file = named ?? usualNames.find((name) => existsSync(resolve(cwd, name)));
  if (file !== undefined) return readEndpoints(resolve(cwd, file), env);
  const looked = `There is no ${usualNames.join(', ')} in ${cwd}, and GQL_CONFIG is not set`;
  throw new CommandError('USAGE', 'There is no config', [looked, 'Name one: --config FILE']);
}

/** @throws CommandError for a name that the config does not have, with what was probably meant */
export function endpointNamed(name: string, { clients, file }: EndpointsConfig): ClientConfig {
  const endpoint = Object.hasOwn(clients, name) ? clients[name] : undefined;
  if (endpoint !== undefined) return endpoint;
  const hint = suggestionFor(name, Object.keys(clients), 'endpoints');
  throw new CommandError('USAGE', `There is no endpoint ${JSON.stringify(name)} in ${file}`, [hint]);
}
