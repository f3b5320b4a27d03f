import { jsonAnswer } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import { answerAuthorizationRequest } from './endpoints/authorization-endpoint.ts';
import { answerDeviceAuthorization } from './endpoints/device-authorization-endpoint.ts';
import { answerDevicePage } from './endpoints/device-endpoint.ts';
import { answerIntrospection } from './endpoints/introspection-endpoint.ts';
import { answerMetadata } from './endpoints/metadata-endpoint.ts';
import { answerRevocation } from './endpoints/revocation-endpoint.ts';
import { answerTokenRequest } from './endpoints/token-endpoint.ts';
import { answerUserinfo } from './endpoints/userinfo-endpoint.ts';
import type { IssuerContext } from './issuer-context.ts';
import type { IssuerEndpoint } from './issuer-endpoint.ts';
import { toStandardAuthorization } from './quirks/provider-request.ts';
import { withQuirks } from './quirks/with-quirks.ts';

type AnswerEndpoint = (request: Request, issuer: IssuerContext) => Answer | Promise<Answer>;

const answers: Readonly<Record<IssuerEndpoint, AnswerEndpoint>> = {
  token: withQuirks(answerTokenRequest),
  metadata: (_request, issuer) => answerMetadata(issuer),
  jwks: (_request, { tokens }) => jsonAnswer(tokens.keys.published()),
  authorization: (request, issuer) =>
    answerAuthorizationRequest(toStandardAuthorization(request, issuer.settings.quirks), issuer),
  device_authorization: answerDeviceAuthorization,
  device: answerDevicePage,
  revocation: answerRevocation,
  introspection: answerIntrospection,
  userinfo: answerUserinfo,
};

/** Answers a request to an endpoint of the issuer. */
export async function answerEndpoint(
  endpoint: IssuerEndpoint,
  request: Request,
  issuer: IssuerContext,
): Promise<Answer> {
  return answers[endpoint](request, issuer);
}
