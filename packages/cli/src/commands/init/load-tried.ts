import { resolve } from 'node:path';
import { loadConfig } from '@bearings/config';
import type { Config, InvalidConfigError } from '@bearings/config';
import type { Result } from 'ts-results';
import type { Terminal } from '../../terminal/terminal.ts';
import type { NamedClient } from './named-client.ts';

/** The config of one client that is not written yet. Relative paths start from the current folder, as in the file to come. */
export function loadTried(
  { cwd, env }: Terminal,
  { name, client }: NamedClient,
): Promise<Result<Config, InvalidConfigError>> {
  const auth = Object.fromEntries(
    Object.entries(client.auth).map(([field, value]) => [field, absolute(field, value, cwd)]),
  );
  return loadConfig({ clients: { [name]: { ...client, auth } } }, { env });
}

const absolute = (field: string, value: unknown, cwd: string): unknown =>
  field.endsWith('Ref') && typeof value === 'string' && value.startsWith('file:')
    ? `file:${resolve(cwd, value.slice('file:'.length))}`
    : value;
