import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { RegisteredClient } from '../registered-client.ts';

/** What the check of an assertion needs. */
export interface AssertionContext {
  /** The accepted audiences. */
  readonly audiences: readonly string[];
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
  /** The ids of earlier assertions. Each assertion is accepted once. */
  readonly seenIds: Set<string>;
}

type Json = Readonly<Record<string, unknown>>;

/** The client that signed an assertion, or `undefined` if the assertion is not valid (RFC 7523 §3). */
export function verifyClientAssertion(
  assertion: string,
  clients: readonly RegisteredClient[],
  { audiences, now, seenIds }: AssertionContext,
): RegisteredClient | undefined {
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const { alg } = parsePart(head);
  const { iss, sub, aud, exp, jti } = parsePart(body);
  const client = clients.find(({ clientId, publicKey }) => clientId === iss && publicKey !== undefined);
  if (client?.publicKey === undefined || iss !== sub || typeof jti !== 'string' || seenIds.has(jti)) return undefined;
  const isAudienceAccepted = [aud].flat().some((each) => typeof each === 'string' && audiences.includes(each));
  if (!isAudienceAccepted || typeof exp !== 'number' || exp * 1_000 <= now) return undefined;
  const key = createPublicKey({ key: client.publicKey, format: 'jwk' });
  if (!hasValidSignature({ content: `${head}.${body}`, signature, key, alg })) return undefined;
  seenIds.add(jti);
  return client;
}

interface SignedContent {
  readonly content: string;
  readonly signature: string;
  readonly key: KeyObject;
  readonly alg: unknown;
}

function hasValidSignature({ content, signature, key, alg }: SignedContent): boolean {
  if (typeof alg !== 'string' || !/^(?:[RE]S(?:256|384|512)|EdDSA)$/.test(alg)) return false;
  const digest = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const bytes = Buffer.from(signature, 'base64url');
  return verify(digest, Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

function parsePart(part: string): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
