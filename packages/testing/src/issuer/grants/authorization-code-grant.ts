import { oauthError } from '../oauth-error.ts';
import { createFirstTokens } from '../token-response.ts';
import type { Grant } from './grant-request.ts';

/** RFC 6749 §4.1.3 with PKCE (RFC 7636 §4.6). A code that is used twice revokes the tokens of its first use. */
export const authorizationCodeGrant: Grant = ({ client, params, issuer }) => {
  const redeemed = issuer.codes.redeem(params.get('code'), {
    clientId: client.clientId,
    redirectUri: params.get('redirect_uri'),
    verifier: params.get('code_verifier'),
  });
  if (!('refused' in redeemed)) return createFirstTokens(redeemed.grant, redeemed.nonce, issuer);
  if (redeemed.refused === 'replayed') {
    issuer.tokens.revokeAll(redeemed.grant.id);
    issuer.refreshTokens.revokeGrant(redeemed.grant.id);
  }
  return oauthError('invalid_grant', `The authorization code is not valid: ${redeemed.refused}`);
};
