import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { FlowFailure } from './flow-failure.ts';

/** What an ID token is compared with. */
export interface IdTokenContext {
  /** The server's key set, as it sent it. */
  readonly jwks: unknown;
  readonly issuer: string;
  readonly clientId: string;
  /** `undefined` when none was sent. */
  readonly nonce: string | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Signatures by a key pair. The client's secret is no key for them, and `none` is none at all. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const toleranceS = 60;
/** OpenID Connect Core §2. */
const maxSubject = 255;

/**
 * The subject of an ID token (OpenID Connect Core §3.1.3.7): signature, issuer, audience, authorized party, expiry and
 * nonce are checked.
 *
 * @throws FlowFailure
 */
export async function validateIdToken(idToken: string, context: IdTokenContext): Promise<string> {
  const { issuer, clientId, nonce, nowMs } = context;
  let claims: JWTPayload;
  try {
    const verified = await jwtVerify(idToken, createLocalJWKSet(toKeySet(context.jwks)), {
      algorithms,
      issuer,
      audience: clientId,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: toleranceS,
      currentDate: new Date(nowMs),
    });
    claims = verified.payload;
  } catch {
    throw new FlowFailure('id_token_invalid'); // jose's errors have the claims
  }
  const { sub, aud, azp } = claims;
  const isForOthers = Array.isArray(aud) && aud.length > 1;
  const isParty = azp === clientId || (azp === undefined && !isForOthers);
  const isSubject = typeof sub === 'string' && sub !== '' && sub.length <= maxSubject;
  if (!isParty || !isSubject || claims['nonce'] !== nonce) throw new FlowFailure('id_token_invalid');
  return sub;
}

function toKeySet(jwks: unknown): { keys: object[] } {
  const keys: unknown = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  return { keys: Array.isArray(keys) ? keys.filter((key) => typeof key === 'object' && key !== null) : [] };
}
