import type { ClientConfig, Config } from '@bearings/config';
import type { CallFlags } from './call-flags.ts';
import { parseCount, parseDuration } from './duration-argument.ts';

/**
 * The config with the settings of the flags, for the client that is called.
 *
 * @throws UsageError
 */
export function withCallFlags(config: Config, name: string, flags: CallFlags): Config {
  const clients = Object.entries(config.clients).map(([each, client]) => [
    each,
    each === name ? applyFlags(client, flags) : client,
  ]);
  return { ...config, clients: Object.fromEntries(clients) };
}

function applyFlags(client: ClientConfig, flags: CallFlags): ClientConfig {
  const { timeout, retry, json, paginate, next } = flags;
  const isHeld = json === true || paginate === true || next !== undefined;
  return {
    // the default limit protects memory, and only --json and --paginate keep a body in memory; a limit in the config still applies
    ...(!isHeld && { maxResponseBytes: Number.MAX_SAFE_INTEGER }),
    ...client,
    ...(timeout !== undefined && { timeout: parseDuration('--timeout', timeout) }),
    ...(retry !== undefined && { retry: { ...client.retry, limit: parseCount('--retry', retry) } }),
  };
}
