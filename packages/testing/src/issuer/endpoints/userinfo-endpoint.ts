import { jsonAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { checkBearer } from '../../api/bearer-check.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { accountClaims } from '../token-response.ts';

/** Answers the claims of the account to which a token belongs (OIDC Core §5.3). */
export function answerUserinfo({ headers }: Request, issuer: IssuerContext): Answer {
  const { accountMember } = issuer.settings.quirks;
  const token = checkBearer(headers, {
    header: 'authorization',
    scopes: accountMember === undefined ? ['openid'] : [],
    audience: undefined,
    introspect: (value) => issuer.tokens.introspect(value),
  });
  if ('status' in token) return token;
  const account = token.account ?? token.clientId;
  return jsonAnswer(accountMember === undefined ? accountClaims(account, issuer) : { [accountMember]: account });
}
