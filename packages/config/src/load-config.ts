import { checkOptions, functionRule, listRule, objectRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { SecretString } from '@bearings/oauth-bearer';
import { Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { NetworkConfig } from './schema/network-schema.ts';
import type { ClientConfig } from './schema/client-schema.ts';
import type { TokenStoreConfig } from './schema/token-store-schema.ts';
import { configSchema } from './schema/config-schema.ts';
import { readableByOthers } from './schema/secret-files-schema.ts';
import type { SecretFilesConfig } from './schema/secret-files-schema.ts';
import { readInContext } from './document/read-document.ts';
import type { DocumentPath } from './document/document-path.ts';
import type { DocumentOptions } from './document/read-document.ts';
import type { InvalidConfigError } from './document/invalid-config-error.ts';
import { readSecret } from './secrets/secret-reference.ts';
import type { SecretKind } from './secrets/secret-reference.ts';

/** A checked config. Contains references to secrets, never a secret. */
export interface Config {
  /** Each with its own `network`, or that of the file. */
  readonly clients: Readonly<Record<string, ClientConfig>>;
  /** The `network` of the file. */
  readonly network?: NetworkConfig | undefined;
  /** The `tokenStore` of the file. */
  readonly tokenStore?: TokenStoreConfig | undefined;
  /** The `secretFiles` of the file. */
  readonly secretFiles?: SecretFilesConfig | undefined;
  /** Reads the current value of a secret of this config. Secrets may change while the service runs. */
  readonly readSecret: (reference: string, kind?: SecretKind) => Promise<Result<SecretString, InvalidConfigError>>;
}

/** Options of `loadConfig`. */
export interface ConfigOptions extends Pick<DocumentOptions, 'env' | 'text' | 'onWarning'> {
  /** The clients whose secrets must exist. Default: all clients. */
  readonly names?: readonly string[] | undefined;
  /**
   * The entry of `contexts` to use, such as `prod`. Default: the one that the field `context` of the file names, or none.
   */
  readonly context?: string | undefined;
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
  const { env, names, context, text, onWarning } = options;
  const isNeeded = ([field, name]: DocumentPath): boolean =>
    field === 'network' || field === 'tokenStore' || (names?.includes(String(name)) ?? true);
  const given = { env, isNeeded, context, text, onWarning };
  const read = await readInContext(source, configSchema, { ...given, readableByOthers });
  if (read.isErr()) return read;
  const { network, tokenStore, secretFiles } = read.value;
  const clients = withNetwork(read.value.clients, network);
  const optional = { ...(tokenStore && { tokenStore }), ...(secretFiles && { secretFiles }) };
  const readCurrent: Config['readSecret'] = (reference, kind = 'secret') =>
    readSecret(reference, { env, kind, ...secretFiles });
  return Ok({ clients, network, ...optional, readSecret: readCurrent });
}

function withNetwork(clients: Config['clients'], network: NetworkConfig | undefined): Config['clients'] {
  if (network === undefined) return clients;
  return Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, { network, ...client }]));
}

const rules: OptionRules<ConfigOptions> = {
  onWarning: functionRule,
  env: objectRule,
  names: listRule(stringRule),
  context: stringRule,
  text: stringRule,
};
