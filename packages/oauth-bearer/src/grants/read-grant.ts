import { TokenConfigError } from '../errors.ts';
import { checkNames } from '../token/option-names.ts';
import type { Grant } from './grant.ts';
import type { GrantConfig } from './grant-config.ts';
import { jwtBearer } from './jwt-bearer.ts';
import { tokenExchange } from './token-exchange.ts';

/**
 * Checks how the token is requested; `undefined` for the client's own token.
 *
 * @param algorithms - those that a key may sign with. Default: all
 * @throws TokenConfigError naming the field
 */
export function readGrant(config: GrantConfig | undefined, algorithms?: readonly string[]): Grant | undefined {
  if (config === undefined) return undefined;
  if (typeof config !== 'object' || config === null)
    throw new TokenConfigError('grant', 'must be an object with a type');
  if (config.type === 'token_exchange') return tokenExchange(config);
  if (config.type === 'jwt_bearer') return jwtBearer(config, algorithms);
  if (config.type !== 'client_credentials')
    throw new TokenConfigError('grant.type', "must be 'client_credentials', 'token_exchange' or 'jwt_bearer'");
  checkNames(config, { type: true }, 'grant client_credentials');
  return undefined;
}
