import { discard } from '@bearings/client/layer';
import type { Call, ClientRequest } from '@bearings/client/layer';
import { ConfigError } from '@bearings/client/errors';
import type { Clock } from '@bearings/client';
import type { AccessToken } from '../access-token.ts';
import { parseChallenge } from '../layer/challenge.ts';
import type { DpopKey } from './dpop-key.ts';

/**
 * Signs each request of a call that carries this token, also those of redirects and retries: each has a proof of its own.
 *
 * A request that is answered with `use_dpop_nonce` is signed with that nonce and sent once more; the token stays
 * (RFC 9449 §9).
 *
 * @throws ConfigError
 */
export function signRequests(call: Call, access: AccessToken, { clock, canBeSigned }: SigningContext): void {
  const key = access.dpopKey();
  if (key === undefined || !canBeSigned) throw cannotSign(key);
  const token = access.secret.expose();
  call.sendSigned = async (request, current, send) => {
    // a redirect to another origin has dropped the token
    if (!current.headers.has('authorization')) return send(request, current);
    await addProof(key, request, { call: current, token });
    const response = await send(request, current);
    const nonce = key.keepNonce(request.url, response.headers);
    if (nonce === undefined || !request.canReplay || !asksForNonce(response)) return response;
    void discard(response, clock); // never rejects
    await addProof(key, request, { call: current, token, nonce });
    const replay = await send(request, current);
    key.keepNonce(request.url, replay.headers);
    return replay;
  };
}

interface SigningContext {
  readonly clock: Clock;
  /** False when the token does not go out as `Authorization: DPoP`. */
  readonly canBeSigned: boolean;
}

/** What a proof is added to. */
interface SignedCall {
  readonly call: Call;
  readonly token?: string | undefined;
  readonly nonce?: string | undefined;
}

/** Puts a new proof for this request on its call. */
export async function addProof(key: DpopKey, request: ClientRequest, { call, ...context }: SignedCall): Promise<void> {
  const { url, method } = request;
  call.headers.setCredential('dpop', await key.sign({ url, method, ...context }));
}

const asksForNonce = ({ status, headers }: Response): boolean =>
  status === 401 && parseChallenge(headers, 'dpop')?.error === 'use_dpop_nonce';

function cannotSign(key: DpopKey | undefined): ConfigError {
  if (key === undefined) return new ConfigError('token', 'The token has the scheme DPoP, but no dpopKey to sign with');
  const problem = 'A token with dpop goes out as Authorization: DPoP; it takes no prefix and no other header';
  return new ConfigError('prefix', problem);
}
