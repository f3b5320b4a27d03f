import type { Result } from 'ts-results';
import type { TokenError } from '../errors.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { requireClaims } from './claims.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import type { TokenEndpointOptions } from './token-endpoint-options.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from './token-source.ts';

/** Issues tokens by the client credentials grant (RFC 6749 §4.4). */
export class ClientCredentials implements TokenSource {
  readonly name: string;
  readonly retry = 'safe';
  readonly acceptsClaims: boolean;
  readonly #endpoint: TokenEndpoint;
  readonly #settings: TokenSettings;

  constructor(settings: TokenSettings, options?: TokenEndpointOptions) {
    this.#endpoint = new TokenEndpoint(settings, options);
    this.#settings = settings;
    this.acceptsClaims = settings.acceptsClaims;
    this.name = this.#endpoint.name;
  }

  async acquire({ signal, isProbe, claims }: AcquireOptions): Promise<Result<IssuedToken, TokenError>> {
    const { params, scopes } = this.#settings;
    return this.#endpoint.request({
      params: requireClaims(params, claims),
      scopes,
      retry: this.retry,
      signal,
      isProbe,
    });
  }

  /** True when the secret or key is not one that the last request used. */
  async hasChanged(): Promise<boolean> {
    return this.#endpoint.hasChanged();
  }
}
