import type { CredentialConfig, DpopOptions } from '@bearings/oauth-bearer';
import type { Provider } from '../providers/provider.ts';

/** One client registration at one provider: `{ ...providers.google, clientId, clientSecret, scopes }`. */
export interface ConnectionConfig extends Provider, Omit<CredentialConfig, 'clientAuthMethod'> {
  readonly clientId: string;
  /** The scopes that are asked for when a caller names none. */
  readonly scopes: readonly string[];
  /**
   * Binds tokens to a key, so that a copied token is of no use (DPoP, RFC 9449): `true` for a new P-256 key for each consent,
   * which is stored sealed with the tokens, or a private key of yours, which is not stored. Default: false.
   */
  readonly dpop?: boolean | DpopOptions | undefined;
  /** Allows `http:` beyond loopback. Default: false. */
  readonly insecureHttp?: boolean | undefined;
}
