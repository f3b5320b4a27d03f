import type { CredentialConfig } from '@bearings/oauth-bearer';
import type { Provider } from '../providers/provider.ts';

/** One client registration at one provider: `{ ...providers.google, clientId, clientSecret, scopes }`. */
export interface ConnectionConfig extends Provider, Omit<CredentialConfig, 'clientAuthMethod'> {
  readonly clientId: string;
  /** The scopes that are asked for when a caller names none. */
  readonly scopes: readonly string[];
  /** Allows `http:` beyond loopback. Default: false. */
  readonly insecureHttp?: boolean | undefined;
}
