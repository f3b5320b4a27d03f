import type { Clock } from '@bearings/client';
import { toJoseKey } from '../node/jose-key.ts';
import type { Signer } from './private-key.ts';

/** The client, the audience and the clock of an assertion. */
export interface AssertionContext {
  readonly clientId: string;
  readonly audience: string;
  readonly clock: Clock;
}

const lifetimeS = 60;

/** A signed assertion of the client's identity, valid for a minute and for one request (RFC 7523 §3). */
export async function clientAssertion(
  { key, alg, kid, thumbprints }: Signer,
  context: AssertionContext,
): Promise<string> {
  const { clientId, audience, clock } = context;
  const nowS = Math.floor(clock.now() / 1_000);
  const { SignJWT } = await import('jose/jwt/sign'); // when it is needed: most clients have a secret
  return new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg, typ: 'JWT', ...(kid !== undefined && { kid }), ...thumbprints })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + lifetimeS)
    .sign(toJoseKey(key));
}
