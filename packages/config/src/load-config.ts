import type { SecretString } from '@bearings/oauth-bearer';
import { Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { ClientConfig } from './client-schema.ts';
import { configSchema } from './config-schema.ts';
import { readDocument } from './document.ts';
import type { DocumentPath } from './document-path.ts';
import type { DocumentOptions } from './document.ts';
import type { InvalidConfigError } from './invalid-config-error.ts';
import { readSecret } from './secret-reference.ts';
import type { SecretKind } from './secret-reference.ts';

/** Clients, checked. Holds references to secrets, and no secret. */
export interface Config {
  readonly clients: Readonly<Record<string, ClientConfig>>;
  /** Reads a secret that the config refers to, as it is now: secrets change while a service runs. */
  readonly readSecret: (reference: string, kind?: SecretKind) => Promise<Result<SecretString, InvalidConfigError>>;
}

/** What a config is read with. */
export interface ConfigOptions extends Pick<DocumentOptions, 'env'> {
  /** The clients whose secrets must be there; those of others may be elsewhere. Default: all. */
  readonly names?: readonly string[] | undefined;
}

/**
 * Reads and checks a description of clients: a YAML or JSON file by its path, or an object.
 *
 * All that is wrong is told at once: each problem by its path, its line and column, what was found and what would be
 * right, secrets that are not where the config says among them. No secret shows in it.
 */
export async function loadConfig(
  source: string | object,
  { env, names }: ConfigOptions = {},
): Promise<Result<Config, InvalidConfigError>> {
  const isNeeded = ([, name]: DocumentPath): boolean => names?.includes(String(name)) ?? true;
  const read = await readDocument(source, configSchema, { env, isNeeded });
  if (read.isErr()) return read;
  const { clients } = read.value;
  return Ok({ clients, readSecret: (reference, kind = 'secret') => readSecret(reference, { env, kind }) });
}
