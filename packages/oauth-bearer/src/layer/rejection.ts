import type { AccessToken } from '../access-token.ts';
import { hasChallenge, parseOwnChallenge } from './challenge.ts';

/** Responses that mean "rejected" besides a 401: their statuses, or a function of the response. */
export type RejectedBy = readonly number[] | ((response: Response) => boolean);

/** True when a response rejects the token that its request carried. */
export type IsRejection = (response: Response, access: AccessToken) => boolean;

/**
 * A 401 rejects the token when its challenge is `invalid_token` or absent, or when all its challenges are of other
 * schemes: some servers answer so to an expired token; or when it requires claims, which a source may ask for. For a DPoP
 * token a challenge of Bearer is its own when there is none of DPoP.
 * `use_dpop_nonce` and `invalid_dpop_proof` are about the proof.
 * `insufficient_scope` would be the same with a new token. For
 * passwords and keys every 401 counts: they have no error codes.
 */
export function createIsRejection(rejectedBy: RejectedBy = []): IsRejection {
  return (response, { scheme }) => {
    if (matches(rejectedBy, response)) return true;
    if (response.status !== 401) return false;
    if ((scheme !== 'Bearer' && scheme !== 'DPoP') || !hasChallenge(response.headers)) return true;
    const challenge = parseOwnChallenge(response.headers, { isDpop: scheme === 'DPoP' });
    return (challenge?.error ?? 'invalid_token') === 'invalid_token' || challenge?.claims !== undefined;
  };
}

function matches(rejectedBy: RejectedBy, response: Response): boolean {
  if (typeof rejectedBy !== 'function') return rejectedBy.includes(response.status);
  try {
    const answer: unknown = rejectedBy(response);
    return answer === true;
  } catch {
    return false; // an error of this function does not affect the call
  }
}
