import type { Clock } from '@bearings/client';
import type { UserGrant } from './user-grant.ts';

/**
 * What happens to a refresh token when it is used.
 *
 * - `strict`: it is replaced. A second use revokes all tokens of its family (RFC 9700 §4.14.2).
 * - `{ graceMs }`: the same, but for this time after the first use it can be used again, and gets another replacement.
 * - `none`: it stays valid, and the response has no refresh token.
 * - `race`: `strict`, except that it can be used again until the first response is sent, so concurrent requests all
 *   succeed.
 */
export type Rotation = 'strict' | 'none' | 'race' | { readonly graceMs: number };

export interface RefreshTokenOptions {
  readonly rotation: Rotation;
  readonly lifetimeMs: number;
  readonly clock: Clock;
}

/** What the issuer knows of a refresh token. */
interface RefreshTokenState {
  readonly grant: UserGrant;
  readonly expiresAt: number;
  readonly state: 'active' | 'reused' | 'expired' | 'revoked';
}

/** The refresh tokens that an issuer has issued. */
export interface RefreshTokens {
  /** How many refreshes were granted, and how many refused because the token was replaced before. */
  readonly counts: { refreshes: number; reuses: number };
  issue(grant: UserGrant): string;
  find(token: string): RefreshTokenState | undefined;
  /** Records that a token was replaced. */
  retire(token: string): void;
  revokeGrant(grantId: string): void;
}

interface IssuedRefreshToken {
  readonly grant: UserGrant;
  readonly expiresAt: number;
  retiredAt?: number;
}

/** Creates an empty list of refresh tokens. */
export function refreshTokens({ rotation, lifetimeMs, clock }: RefreshTokenOptions): RefreshTokens {
  const issued = new Map<string, IssuedRefreshToken>();
  const revokedGrants = new Set<string>();
  const graceMs = typeof rotation === 'object' ? rotation.graceMs : 0;
  const readState = ({ grant, expiresAt, retiredAt }: IssuedRefreshToken): RefreshTokenState['state'] => {
    if (revokedGrants.has(grant.id)) return 'revoked';
    if (clock.now() >= expiresAt) return 'expired';
    return retiredAt !== undefined && clock.now() >= retiredAt + graceMs ? 'reused' : 'active';
  };
  return {
    counts: { refreshes: 0, reuses: 0 },
    issue(grant) {
      const token = `refresh-token-${issued.size + 1}`;
      issued.set(token, { grant, expiresAt: clock.now() + lifetimeMs });
      return token;
    },
    find(token) {
      const found = issued.get(token);
      return found && { grant: found.grant, expiresAt: found.expiresAt, state: readState(found) };
    },
    retire(token) {
      const found = issued.get(token);
      if (found !== undefined) found.retiredAt ??= clock.now();
    },
    revokeGrant: (grantId) => void revokedGrants.add(grantId),
  };
}
