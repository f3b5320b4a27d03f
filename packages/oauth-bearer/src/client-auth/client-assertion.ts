import { randomUUID } from 'node:crypto';
import type { Clock } from '@bearings/client';
import { SignJWT } from 'jose';
import type { Signer } from './private-key.ts';

/** Who asserts what he is, to whom, and when. */
export interface AssertionFacts {
  readonly clientId: string;
  readonly audience: string;
  readonly clock: Clock;
}

const lifeS = 60;

/** A signed assertion of who the client is, good for a minute and for one request (RFC 7523 §3). */
export async function clientAssertion({ key, alg, kid }: Signer, facts: AssertionFacts): Promise<string> {
  const { clientId, audience, clock } = facts;
  const nowS = Math.floor(clock.now() / 1_000);
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg, typ: 'JWT', ...(kid !== undefined && { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + lifeS)
    .sign(key);
}
