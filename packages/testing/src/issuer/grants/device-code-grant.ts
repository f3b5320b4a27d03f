import { oauthError } from '../oauth-error.ts';
import type { OAuthError } from '../oauth-error.ts';
import type { DevicePoll } from '../state/device-codes.ts';
import { createFirstTokens } from '../token-response.ts';
import type { Grant } from './grant-request.ts';

/** RFC 8628 §3.4. */
export const deviceCodeGrant: Grant = ({ client, params, issuer }) => {
  const deviceCode = params.get('device_code');
  if (deviceCode === null) return oauthError('invalid_request', 'device_code is missing');
  const poll = issuer.devices.poll(deviceCode, client.clientId);
  return typeof poll === 'object' && 'id' in poll ? createFirstTokens(poll, undefined, issuer) : pollError(poll);
};

/** RFC 8628 §3.5. */
function pollError(poll: Exclude<DevicePoll, { readonly id: string }>): OAuthError {
  if (typeof poll === 'object') {
    return oauthError('slow_down', `Wait ${poll.slowDownMs / 1_000} s between two requests`);
  }
  return poll === 'unknown'
    ? oauthError('invalid_grant', 'The device code is not known, or was used')
    : oauthError(poll, pollMessages[poll]);
}

const pollMessages = {
  expired_token: 'The device code has expired',
  access_denied: 'The user denied the request',
  authorization_pending: 'The user has not answered yet',
};
