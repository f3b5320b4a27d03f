import { requestedAudience, requestedScopes } from '../requested-scopes.ts';
import { expiresIn } from '../token-response.ts';
import type { Grant } from './grant-request.ts';

/** RFC 6749 §4.4. */
export const clientCredentialsGrant: Grant = ({ client, params, issuer }) => {
  const scopes = requestedScopes(params, client);
  if ('error' in scopes) return scopes;
  const audience = requestedAudience(params);
  const token = issuer.tokens.issue({ clientId: client.clientId, scopes, audience });
  const granted = scopes.length > 0 ? { scope: scopes.join(' ') } : {};
  return {
    access_token: token,
    token_type: 'Bearer',
    ...expiresIn(issuer.settings.tokenLifetimeMs),
    ...granted,
  };
};
