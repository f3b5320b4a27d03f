import { isBearingsError } from '@bearings/client/errors';
import type { TokenError } from '@bearings/oauth-bearer';

/** Why there is no token. Without the remedy that the error has in its message, which is for those who write code. */
export function causeOf(error: TokenError): string {
  if (error.code !== 'HTTP' || isAboutDiscovery(error)) return error.message;
  const { status, oauthError, oauthErrorDescription: words } = error;
  const why = oauthError === undefined ? '' : `: ${oauthError}${words === undefined ? '' : ` (${words})`}`;
  return `the token endpoint answered ${status}${why}`;
}

/** What to do about it, in the words of a config. */
export function remedyFor(error: TokenError): string {
  if (isAboutDiscovery(error)) return 'Look at issuerUrl; bearings doctor tells more';
  switch (error.code) {
    case 'HTTP':
      return remedies.get(error.oauthError ?? '') ?? remedyForStatus(error.status);
    case 'INVALID_RESPONSE':
    case 'UNSUPPORTED_TOKEN_TYPE':
      return 'Correct tokenUrl or issuerUrl: something else answers there, such as a login page or a proxy';
    case 'CONFIG':
      return 'Correct it in the config';
    case 'UNAVAILABLE':
    case 'CLOSED':
      break;
  }
  return 'Look at where the token endpoint is; --debug shows what was asked and answered';
}

const isAboutDiscovery = ({ cause }: TokenError): boolean =>
  isBearingsError(cause) && cause.source === 'oidc-discovery';

function remedyForStatus(status: number): string {
  if (status === 404 || status === 405) return 'Correct tokenUrl: the token endpoint is elsewhere';
  if (status === 429) return 'Ask less often, or have the limit raised';
  return 'Ask those who run the server; --debug shows its answer';
}

const remedies: ReadonlyMap<string, string> = new Map([
  [
    'invalid_client',
    'Look at clientId, at the secret or key behind its reference, and at clientAuthMethod; a rotated secret may not be everywhere yet',
  ],
  ['unauthorized_client', 'Have the client allowed the client credentials grant (Keycloak: service accounts)'],
  ['invalid_scope', 'Correct scopes: the server does not know one of them, or does not let this client have it'],
  ['unsupported_grant_type', 'Correct issuerUrl or tokenUrl: this server does not grant client credentials'],
  ['invalid_target', 'Correct audience and resource: the server does not know the one or the other'],
]);
