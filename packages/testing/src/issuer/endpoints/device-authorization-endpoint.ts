import { jsonAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { readClientRequest } from '../client-auth/client-request.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { toErrorAnswer } from '../oauth-error.ts';
import { requestedAudience, requestedScopes } from '../requested-scopes.ts';

/** Starts the device grant (RFC 8628 §3.1). */
export async function answerDeviceAuthorization(request: Request, issuer: IssuerContext): Promise<Answer> {
  const received = await readClientRequest(request, issuer);
  if ('error' in received) return toErrorAnswer(received);
  const { client, params } = received;
  const scopes = requestedScopes(params, client);
  if ('error' in scopes) return toErrorAnswer(scopes);
  const audience = requestedAudience(params);
  const { deviceCode, userCode } = issuer.devices.issue({ clientId: client.clientId, scopes, audience });
  const page = issuer.endpointUrl('device');
  const body = {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_in: issuer.settings.deviceCodeLifetimeMs / 1_000,
    interval: issuer.settings.deviceIntervalMs / 1_000,
  };
  return jsonAnswer(body, 200, { 'cache-control': 'no-store' });
}
