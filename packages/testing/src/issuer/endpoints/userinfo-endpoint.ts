import { jsonAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { checkBearer } from '../../api/bearer-check.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { accountClaims } from '../token-response.ts';

/** Answers the claims of the account to which a token belongs (OIDC Core §5.3). */
export function answerUserinfo({ headers }: Request, issuer: IssuerContext): Answer {
  const token = checkBearer(headers, {
    header: 'authorization',
    scopes: ['openid'],
    audience: undefined,
    introspect: (value) => issuer.tokens.introspect(value),
  });
  return 'status' in token ? token : jsonAnswer(accountClaims(token.account ?? token.clientId, issuer));
}
