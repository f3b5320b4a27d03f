import { isBearingsError } from '@bearings/client';
import { openTokenCache, openTokenStore, readSecret } from '@bearings/config';
import type { Config, Environment, OpenedSharing } from '@bearings/config';
import { CommandError } from './command-error.ts';

/** Opens what commands share their tokens by; `undefined` for nothing. The caller closes it. */
export type OpenSharing = () => Promise<OpenedSharing | undefined>;

/** The `tokenStore` of the config; without one a file of this person, sealed with the key that `GQL_KEY` refers to. */
export function createOpenSharing(config: Pick<Config, 'tokenStore' | 'readSecret'>, env: Environment): OpenSharing {
  const { GQL_KEY: reference = '' } = env;
  const readKey = async () =>
    reference === '' ? undefined : (await readSecret(reference, { env })).unwrapOr(undefined);
  return async () => {
    try {
      return (await openTokenStore(config)) ?? (await openTokenCache({ command: 'bearings-gql', env }, readKey));
    } catch (cause) {
      if (!isBearingsError(cause)) throw cause;
      throw new CommandError('USAGE', 'The tokenStore cannot be used', [cause.message]);
    }
  };
}
