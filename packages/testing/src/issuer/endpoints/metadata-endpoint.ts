import { jsonAnswer, textAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { grantTypes } from './token-endpoint.ts';

const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

/** RFC 8414 §2, OIDC Discovery §3. */
export function answerMetadata({ issuerUrl, endpointUrl, settings }: IssuerContext): Answer {
  if (settings.quirks.hasMetadata === false) return textAnswer('Not found', 404);
  return jsonAnswer({
    issuer: issuerUrl(),
    authorization_endpoint: endpointUrl('authorization'),
    token_endpoint: endpointUrl('token'),
    device_authorization_endpoint: endpointUrl('device_authorization'),
    revocation_endpoint: endpointUrl('revocation'),
    introspection_endpoint: endpointUrl('introspection'),
    userinfo_endpoint: endpointUrl('userinfo'),
    jwks_uri: endpointUrl('jwks'),
    grant_types_supported: grantTypes,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: clientAuthMethods,
    ...(settings.advertisesIss ? { authorization_response_iss_parameter_supported: true } : {}),
  });
}
