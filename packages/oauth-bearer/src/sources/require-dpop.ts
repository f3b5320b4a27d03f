import type { ServerMetadata } from '@bearings/oidc-discovery';
import { TokenConfigError } from '../errors.ts';

/** The server, as far as its metadata is known. */
interface KnownServer {
  readonly issuer: string;
  readonly metadata?: ServerMetadata | undefined;
}

/**
 * Refuses a server whose metadata says that it does not bind tokens to keys (RFC 9449 §5.1). Such a server ignores the proof: it
 * would use up a code or a refresh token for a Bearer token. A server without metadata is known by its answers alone.
 *
 * @throws TokenConfigError
 */
export function requireDpop({ issuer, metadata }: KnownServer): void {
  if (metadata === undefined || dpopAlgorithms({ metadata }).length > 0) return;
  const problem = `is set, but ${issuer} does not issue DPoP tokens: its metadata has no dpop_signing_alg_values_supported`;
  throw new TokenConfigError('dpop', problem);
}

/** The algorithms of proofs that the server accepts. */
export function dpopAlgorithms({ metadata }: Pick<KnownServer, 'metadata'>): readonly unknown[] {
  const algorithms = metadata?.['dpop_signing_alg_values_supported'];
  return Array.isArray(algorithms) ? algorithms : [];
}
