import { isBearingsError } from '@bearings/client/errors';
import type { ReauthorizationRequiredError, TokenError } from '@bearings/oauth-bearer';

/** Why there is no token. Leaves out the remedy in the error's message, which is for programmers. */
export function tokenErrorCause(error: TokenError): string {
  if (error.code === 'REAUTHORIZATION_REQUIRED') return loginProblem(error);
  if (error.code !== 'TOKEN_HTTP' || isAboutDiscovery(error)) return error.message;
  const { status, oauthError, oauthErrorDescription: description } = error;
  const why = oauthError === undefined ? '' : `: ${oauthError}${description === undefined ? '' : ` (${description})`}`;
  return `the token endpoint answered ${status}${why}`;
}

function loginProblem({ connection, reason, missingScopes }: ReauthorizationRequiredError): string {
  if (reason === 'not_connected') return `${connection}: not logged in`;
  if (missingScopes.length > 0) return `${connection}: the login does not include ${missingScopes.join(' ')}`;
  return `${connection}: the login has ended (${reason})`;
}

/** What to do about it, with the field names of a config. */
export function tokenErrorRemedy(error: TokenError): string {
  if (isAboutDiscovery(error)) return 'Check issuerUrl; run bearings doctor for details';
  switch (error.code) {
    case 'TOKEN_HTTP':
      return remedies.get(error.oauthError ?? '') ?? statusRemedy(error.status);
    case 'INVALID_TOKEN_RESPONSE':
    case 'UNSUPPORTED_TOKEN_TYPE':
      return 'Correct tokenUrl or issuerUrl: another server answers there, such as a login page or a proxy';
    case 'TOKEN_CONFIG':
      return configRemedies.get(error.field) ?? 'Correct the config';
    case 'REAUTHORIZATION_REQUIRED':
      return `Run bearings login ${error.connection}`;
    case 'TOKEN_UNAVAILABLE':
    case 'TOKEN_CLOSED':
      break;
  }
  return 'Check the URL of the token endpoint and the network; --debug shows the exchange';
}

const isAboutDiscovery = ({ cause }: TokenError): boolean =>
  isBearingsError(cause) && cause.source === 'oidc-discovery';

function statusRemedy(status: number): string {
  if (status === 404 || status === 405) return 'Correct tokenUrl: there is no token endpoint at this URL';
  if (status === 429) return 'Request tokens less often, or ask for a higher limit';
  return 'Ask the operator of the authorization server; --debug shows its answer';
}

/** For what is not in the config. */
const configRemedies: ReadonlyMap<string, string> = new Map([
  ['--key', 'Pass the key with --key or BEARINGS_KEY'],
  ['keys', 'Use the key that the logins are encrypted with: that of --key, or that of the keyring'],
  ['grants', 'Correct the file, or remove it and log in again'],
]);

const remedies: ReadonlyMap<string, string> = new Map([
  [
    'invalid_client',
    'Check clientId, the secret or key behind its reference, and clientAuthMethod; a rotated secret may not be active everywhere yet',
  ],
  ['unauthorized_client', 'Allow the client credentials grant for this client (Keycloak: service accounts)'],
  ['invalid_scope', 'Correct scopes: the server does not know one of them, or does not allow it for this client'],
  [
    'unsupported_grant_type',
    'Correct issuerUrl or tokenUrl: this server does not support the client credentials grant',
  ],
  ['invalid_target', 'Correct audience and resource: the server does not know one of them'],
]);
