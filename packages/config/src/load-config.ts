import { checkOptions, listRule, objectRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { SecretString } from '@bearings/oauth-bearer';
import { Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { ClientConfig } from './schema/client-schema.ts';
import { configSchema } from './schema/config-schema.ts';
import { readDocument } from './document/read-document.ts';
import type { DocumentPath } from './document/document-path.ts';
import type { DocumentOptions } from './document/read-document.ts';
import type { InvalidConfigError } from './document/invalid-config-error.ts';
import { readSecret } from './secrets/secret-reference.ts';
import type { SecretKind } from './secrets/secret-reference.ts';

/** A checked config. Contains references to secrets, never a secret. */
export interface Config {
  readonly clients: Readonly<Record<string, ClientConfig>>;
  /** Reads the current value of a secret of this config. Secrets may change while the service runs. */
  readonly readSecret: (reference: string, kind?: SecretKind) => Promise<Result<SecretString, InvalidConfigError>>;
}

/** Options of `loadConfig`. */
export interface ConfigOptions extends Pick<DocumentOptions, 'env'> {
  /** The clients whose secrets must exist. Default: all clients. */
  readonly names?: readonly string[] | undefined;
}

/**
 * Reads and checks a config. `source` is the path of a YAML or JSON file, or an object.
 *
 * The error lists all problems: path, line and column, what was found and what is correct. That includes secrets that
 * do not exist. It shows no secret.
 *
 * @throws ConfigError for an option that is unknown or wrong
 */
export async function loadConfig(
  source: string | object,
  options: ConfigOptions = {},
): Promise<Result<Config, InvalidConfigError>> {
  checkOptions(options, rules, { owner: 'loadConfig' });
  const { env, names } = options;
  const isNeeded = ([, name]: DocumentPath): boolean => names?.includes(String(name)) ?? true;
  const read = await readDocument(source, configSchema, { env, isNeeded });
  if (read.isErr()) return read;
  const { clients } = read.value;
  return Ok({ clients, readSecret: (reference, kind = 'secret') => readSecret(reference, { env, kind }) });
}

const rules: OptionRules<ConfigOptions> = { env: objectRule, names: listRule(stringRule) };
