import { jsonAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { readClientRequest } from '../client-auth/client-request.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { oauthError, toErrorAnswer } from '../oauth-error.ts';

/** Answers what a token grants, or `{ active: false }` (RFC 7662). */
export async function answerIntrospection(request: Request, issuer: IssuerContext): Promise<Answer> {
  const received = await readClientRequest(request, issuer);
  if ('error' in received) return toErrorAnswer(received);
  const token = received.params.get('token');
  if (token === null) return toErrorAnswer(oauthError('invalid_request', 'token is missing'));
  const facts = describeAccessToken(token, issuer) ?? describeRefreshToken(token, issuer) ?? { active: false };
  return jsonAnswer(facts, 200, { 'cache-control': 'no-store' });
}

type Facts = Readonly<Record<string, unknown>>;

/** RFC 7662 §2.2. */
function describeAccessToken(token: string, { tokens, issuerUrl }: IssuerContext): Facts | undefined {
  const access = tokens.introspect(token);
  if (typeof access === 'string') return undefined;
  const { clientId, account, scopes, audience, expiresAt } = access;
  return {
    active: true,
    iss: issuerUrl(),
    sub: account ?? clientId,
    client_id: clientId,
    token_type: 'Bearer',
    scope: scopes.join(' '),
    ...(audience.length > 0 ? { aud: audience } : {}),
    ...expiry(expiresAt),
  };
}

function describeRefreshToken(token: string, { refreshTokens, issuerUrl }: IssuerContext): Facts | undefined {
  const refresh = refreshTokens.find(token);
  if (refresh?.state !== 'active') return undefined;
  const { clientId, account, scopes } = refresh.grant;
  const facts = { active: true, iss: issuerUrl(), sub: account, client_id: clientId, scope: scopes.join(' ') };
  return { ...facts, ...expiry(refresh.expiresAt) };
}

const expiry = (expiresAt: number): Facts => (expiresAt === Infinity ? {} : { exp: Math.floor(expiresAt / 1_000) });
