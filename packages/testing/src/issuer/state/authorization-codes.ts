import type { Clock } from '@bearings/client';
import { createHash } from 'node:crypto';
import type { UserGrant } from './user-grant.ts';

/** What an authorization code stands for. */
interface CodeContext {
  readonly grant: UserGrant;
  readonly redirectUri: string;
  /** The `code_challenge` of method S256. */
  readonly challenge: string;
  readonly nonce: string | undefined;
}

/** What a client sends with a code. */
interface CodeRedemption {
  readonly clientId: string;
  readonly redirectUri: string | null;
  readonly verifier: string | null;
}

/** The authorization codes of an issuer. */
export interface AuthorizationCodes {
  issue(context: CodeContext): string;
  /** Redeems a code. Returns what it stands for, or why it is refused. The second use of a code is `replayed`. */
  redeem(code: string | null, redemption: CodeRedemption): CodeContext | Refusal;
}

type Refusal =
  | { readonly refused: 'unknown' | 'expired' | 'another client' | 'another redirect_uri' | 'wrong code_verifier' }
  | { readonly refused: 'replayed'; readonly grant: UserGrant };

/** A code is valid for a minute (RFC 6749 §4.1.2: at most 10 minutes). */
const lifetimeMs = 60_000;

/** Creates an empty list of codes. */
export function authorizationCodes(clock: Clock): AuthorizationCodes {
  const issued = new Map<string, CodeContext & { readonly expiresAt: number }>();
  const redeemed = new Set<string>();
  return {
    issue(context) {
      const code = `code-${issued.size + 1}`;
      issued.set(code, { ...context, expiresAt: clock.now() + lifetimeMs });
      return code;
    },
    redeem(code, { clientId, redirectUri, verifier }) {
      const found = issued.get(code ?? '');
      if (code === null || found === undefined) return { refused: 'unknown' };
      if (found.grant.clientId !== clientId) return { refused: 'another client' };
      if (redeemed.has(code)) return { refused: 'replayed', grant: found.grant };
      if (clock.now() >= found.expiresAt) return { refused: 'expired' };
      if (redirectUri !== found.redirectUri) return { refused: 'another redirect_uri' };
      if (verifier === null || s256(verifier) !== found.challenge) return { refused: 'wrong code_verifier' };
      redeemed.add(code);
      return found;
    },
  };
}

/** RFC 7636 §4.2. */
function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
