import { textAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { readClientRequest } from '../client-auth/client-request.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { oauthError, toErrorAnswer } from '../oauth-error.ts';

/**
 * Revokes a token of the client (RFC 7009). A refresh token ends with its whole family, an access token alone.
 * The answer is 200 for a token that is not known, and for a token of another client, which stays valid.
 */
export async function answerRevocation(request: Request, issuer: IssuerContext): Promise<Answer> {
  const received = await readClientRequest(request, issuer);
  if ('error' in received) return toErrorAnswer(received);
  const { client, params } = received;
  const token = params.get('token');
  if (token === null) return toErrorAnswer(oauthError('invalid_request', 'token is missing'));
  const { tokens, refreshTokens } = issuer;
  const access = tokens.introspect(token);
  if (typeof access === 'object' && access.clientId === client.clientId) tokens.revoke(token);
  const refresh = refreshTokens.find(token);
  if (refresh?.grant.clientId === client.clientId) {
    refreshTokens.revokeGrant(refresh.grant.id);
    tokens.revokeAll(refresh.grant.id);
  }
  return textAnswer('', 200);
}
