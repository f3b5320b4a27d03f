import { readCredentials } from '@bearings/config';
import type { AuthorizationCodeAuth, Config, ConfiguredCredential } from '@bearings/config';
import { assertClientsExist } from '../config/find-config.ts';
import { UsageError } from '../usage-error.ts';

/** The credential of a client whose token is that of a person. */
export interface LoginCredential extends ConfiguredCredential {
  readonly auth: AuthorizationCodeAuth;
}

/** @throws UsageError when there is no such client, or it has another kind of credential */
export function findLogin(config: Config, client: string): LoginCredential {
  assertClientsExist(config, [client]);
  const credential = readCredentials(config).find(({ clients }) => clients.includes(client));
  if (credential !== undefined && isLogin(credential)) return credential;
  const type = credential?.auth.type ?? 'none';
  throw new UsageError(
    `${client} has auth.type ${type}, which needs no login: bearings login is for oauth2_authorization_code`,
  );
}

const isLogin = (credential: ConfiguredCredential): credential is LoginCredential =>
  credential.auth.type === 'oauth2_authorization_code';
