import { ConfigError } from '@bearings/client/errors';

/**
 * Imports a client library that only some configs need.
 *
 * @param field - the field of `tokenStore` that needs it
 * @throws ConfigError when it is not installed
 */
export async function importClient<T>(field: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    throw new ConfigError(`tokenStore.${field}`, `tokenStore.${field} needs the package ${name}: npm install ${name}`);
  }
}
