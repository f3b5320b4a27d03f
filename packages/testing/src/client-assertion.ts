import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { RegisteredClient } from './client-authentication.ts';

/** What an assertion is judged by. */
export interface AssertionFacts {
  /** Whom it may be for. */
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The ids of the assertions seen so far; each may come once. */
  readonly seenIds: Set<string>;
}

type Json = Readonly<Record<string, unknown>>;

/** The client that signed an assertion, if it is one that may be believed (RFC 7523 §3). */
export function assertedClient(
  assertion: string,
  clients: readonly RegisteredClient[],
  { audiences, now, seenIds }: AssertionFacts,
): RegisteredClient | undefined {
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const { alg } = json(head);
  const { iss, sub, aud, exp, jti } = json(body);
  const client = clients.find(({ clientId, publicKey }) => clientId === iss && publicKey !== undefined);
  if (client?.publicKey === undefined || iss !== sub || typeof jti !== 'string' || seenIds.has(jti)) return undefined;
  const isForUs = [aud].flat().some((each) => typeof each === 'string' && audiences.includes(each));
  if (!isForUs || typeof exp !== 'number' || exp * 1_000 <= now) return undefined;
  const key = createPublicKey({ key: client.publicKey, format: 'jwk' });
  if (!isSigned({ content: `${head}.${body}`, signature, key, alg })) return undefined;
  seenIds.add(jti);
  return client;
}

interface Signed {
  readonly content: string;
  readonly signature: string;
  readonly key: KeyObject;
  readonly alg: unknown;
}

function isSigned({ content, signature, key, alg }: Signed): boolean {
  if (typeof alg !== 'string' || !/^(?:[RE]S(?:256|384|512)|EdDSA)$/.test(alg)) return false;
  const digest = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const bytes = Buffer.from(signature, 'base64url');
  return verify(digest, Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

function json(part: string): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
