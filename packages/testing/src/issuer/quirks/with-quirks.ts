import type { Answer } from '../../server/answer.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { oauthError, toErrorAnswer } from '../oauth-error.ts';
import { toProviderAnswer } from './provider-answer.ts';
import { toStandardTokenRequest } from './provider-request.ts';

type AnswerEndpoint = (request: Request, issuer: IssuerContext) => Answer | Promise<Answer>;

/** A token endpoint in the form of a provider: requests and responses are rewritten, what it does is the standard. */
export function withQuirks(answerToken: AnswerEndpoint): AnswerEndpoint {
  return async (request, issuer) => {
    const { quirks } = issuer.settings;
    if (Object.keys(quirks).length === 0) return answerToken(request, issuer);
    const standard = await toStandardTokenRequest(request, quirks);
    const isRefused = typeof standard === 'string';
    const grantType = isRefused ? null : new URLSearchParams(await standard.clone().text()).get('grant_type');
    const answer = isRefused
      ? toErrorAnswer(oauthError('invalid_request', standard))
      : await answerToken(standard, issuer);
    const acceptsJson = request.headers.get('accept')?.includes('application/json') === true;
    return toProviderAnswer(answer, { quirks, grantType, account: findAccount(answer, issuer), acceptsJson });
  };
}

function findAccount({ body }: Answer, { tokens }: IssuerContext): string | undefined {
  const { access_token: token }: { access_token?: string } = JSON.parse(new TextDecoder().decode(body));
  const found = token === undefined ? 'unknown' : tokens.introspect(token);
  return typeof found === 'string' ? undefined : found.account;
}
