import { isBearingsError } from '@bearings/client/errors';
import type { ReauthorizationRequiredError, TokenError } from '@bearings/oauth-bearer';
import { connectionRemedy } from './connection-remedies.ts';
import { codeRemedy, httpRemedy } from './token-http-remedies.ts';
import type { RequestFacts } from './token-http-remedies.ts';

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
export function tokenErrorRemedy(error: TokenError, facts: RequestFacts = {}): string {
  if (isAboutDiscovery(error)) return 'Check issuerUrl; run bearings doctor for details';
  switch (error.code) {
    case 'TOKEN_HTTP':
      return httpRemedy(error, facts);
    case 'INVALID_TOKEN_RESPONSE':
      return codeRemedy(error.oauthError) ?? responseRemedy(error.message);
    case 'UNSUPPORTED_TOKEN_TYPE':
      return facts.usesDpop === true
        ? 'Require DPoP for this client in the server: without it, a copied token can be used; or remove dpop'
        : 'Set dpop in auth if the server binds its tokens (DPoP), or bearerTokenTypes if its token_type means Bearer';
    case 'TOKEN_CONFIG':
      return configRemedies.get(error.field) ?? 'Correct the config';
    case 'REAUTHORIZATION_REQUIRED':
      return `Run bearings login ${error.connection}`;
    case 'STEP_UP_REQUIRED':
      return 'Add the scopes to the client in the config, or log in again';
    case 'TOKEN_UNAVAILABLE':
    case 'TOKEN_CLOSED':
      break;
  }
  return connectionRemedy(error) ?? 'Check the URL of the token endpoint and the network; --debug shows the exchange';
}

/** The content type of a page or of a proxy; a real token endpoint sends JSON (RFC 6749 §5.1). */
function responseRemedy(message: string): string {
  if (message.includes('lifetime is 0'))
    return 'Set the lifetime of access tokens for this client in the authorization server: it is 0, or the server cannot read its own setting';
  if (/expires_in|scope is|token_type is|access_token/.test(message))
    return 'Ask the operator of the authorization server: its answer breaks RFC 6749 §5.1; --debug shows it without secrets';
  return 'Correct tokenUrl or issuerUrl: another server answers there, such as a login page or a proxy. If it is the right one, it must answer with application/json (RFC 6749 §5.1)';
}

const isAboutDiscovery = ({ cause }: TokenError): boolean =>
  isBearingsError(cause) && cause.source === 'oidc-discovery';

/** For what is not in the config. */
const configRemedies: ReadonlyMap<string, string> = new Map([
  ['dpop', 'Remove dpop from auth, or ask the operator of the server to support DPoP'],
  ['--key', 'Pass the key with --key or BEARINGS_KEY'],
  ['keys', 'Use the key that the logins are encrypted with: that of --key, or that of the keyring'],
  ['grants', 'Correct the file, or remove it and log in again'],
]);
