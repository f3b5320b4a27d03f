import { jsonAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { authorizationCodeGrant } from '../grants/authorization-code-grant.ts';
import { clientCredentialsGrant } from '../grants/client-credentials-grant.ts';
import { deviceCodeGrant } from '../grants/device-code-grant.ts';
import type { Grant } from '../grants/grant-request.ts';
import { refreshTokenGrant } from '../grants/refresh-token-grant.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { oauthError, toErrorAnswer } from '../oauth-error.ts';
import { readClientRequest } from '../client-auth/client-request.ts';

/** The grants by `grant_type`. */
const grants: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', clientCredentialsGrant],
  ['authorization_code', authorizationCodeGrant],
  ['refresh_token', refreshTokenGrant],
  ['urn:ietf:params:oauth:grant-type:device_code', deviceCodeGrant],
]);

/** The values of `grant_type` that the token endpoint accepts. */
export const grantTypes: readonly string[] = [...grants.keys()];

/** Answers a token request strictly (RFC 6749 §3.2). */
export async function answerTokenRequest(request: Request, issuer: IssuerContext): Promise<Answer> {
  const received = await readClientRequest(request, issuer);
  if ('error' in received) return toErrorAnswer(received);
  const { client, params } = received;
  const type = params.get('grant_type');
  if (type === null) return toErrorAnswer(oauthError('invalid_request', 'grant_type is missing'));
  const grant = grants.get(type);
  if (grant === undefined) return toErrorAnswer(oauthError('unsupported_grant_type', 'There is no such grant'));
  let onSent = (): void => undefined;
  const result = grant({ client, params, issuer, onSent: (act) => void (onSent = act) });
  const answer =
    'access_token' in result ? jsonAnswer(result, 200, { 'cache-control': 'no-store' }) : toErrorAnswer(result);
  return { ...answer, onSent: () => onSent() };
}
