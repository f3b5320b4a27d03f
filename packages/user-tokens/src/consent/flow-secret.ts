import { createHash, randomBytes } from 'node:crypto';
import type { DpopBinding } from '@bearings/oauth-bearer/source';

/** What one consent is protected by. Kept sealed, and erased when the flow ends. */
export interface FlowSecret {
  /** Connects the callback with the flow (RFC 6749 §10.12). */
  readonly state: string;
  /** The PKCE code verifier (RFC 7636 §4.1). */
  readonly verifier: string;
  /** Connects the ID token with the flow (OpenID Connect Core §3.1.2.1). */
  readonly nonce: string;
  /** The key that the tokens will be bound to (RFC 9449). */
  readonly binding?: DpopBinding | undefined;
}

/** Each value has 256 random bits of its own: 43 characters. */
export function createFlowSecret(binding?: DpopBinding): FlowSecret {
  return { state: randomText(), verifier: randomText(), nonce: randomText(), binding };
}

/** 256 random bits, base64url. */
export const randomText = (): string => randomBytes(32).toString('base64url');

/** SHA-256, base64url: what is stored of a secret, and the PKCE code challenge (RFC 7636 §4.2). */
export const hashText = (text: string): string => createHash('sha256').update(text).digest('base64url');
