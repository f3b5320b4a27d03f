import { isBearingsError } from '@bearings/client';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { Grant, GrantParams } from '../grants/grant.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { requireClaims } from './claims.ts';
import { ClientCredentials } from './client-credentials.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import type { TokenEndpointOptions } from './token-endpoint-options.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from './token-source.ts';

/** The source of a token by the grant of its config. */
export function createSource(settings: TokenSettings, options?: TokenEndpointOptions): TokenSource {
  const { grant } = settings;
  return grant === undefined ? new ClientCredentials(settings, options) : new GrantSource(grant, settings, options);
}

/** Issues tokens by a grant that presents a token of another party, or a JWT. */
class GrantSource implements TokenSource {
  readonly name: string;
  readonly retry = 'safe';
  readonly acceptsClaims: boolean;
  readonly #endpoint: TokenEndpoint;
  readonly #grant: Grant;
  readonly #settings: TokenSettings;
  /** Of what was presented last. */
  #presented: string | undefined;

  constructor(grant: Grant, settings: TokenSettings, options?: TokenEndpointOptions) {
    this.#endpoint = new TokenEndpoint(settings, options);
    this.#grant = grant;
    this.#settings = settings;
    this.acceptsClaims = settings.acceptsClaims;
    this.name = this.#endpoint.name;
  }

  async acquire({ signal, isProbe, claims }: AcquireOptions): Promise<Result<IssuedToken, TokenError>> {
    const { params, scopes, clock } = this.#settings;
    const server = await this.#endpoint.server();
    if (server.isErr()) return server;
    const startedAt = clock.now();
    let presented: GrantParams;
    try {
      presented = await this.#read(server.value.issuer);
    } catch (cause) {
      const isKnown = isBearingsError(cause) && cause.source === 'oauth-bearer';
      return Err(isKnown ? cause : new TokenUnavailableError(`the ${this.#grant.type} grant could not be read`));
    }
    this.#presented = presented.identity;
    const { endsAt = Infinity } = presented;
    const all = [...requireClaims(params, claims), ...presented.params];
    const issued = await this.#endpoint.request({ params: all, scopes, retry: this.retry, signal, isProbe });
    return issued.map((token) => ({
      ...token,
      lifetimeMs: Math.min(token.lifetimeMs, Math.max(0, endsAt - startedAt)),
    }));
  }

  /** True when the secret, key, or what is presented is not what the last request used. */
  async hasChanged(): Promise<boolean> {
    if (await this.#endpoint.hasChanged()) return true;
    const server = await this.#endpoint.server();
    if (server.isErr() || this.#presented === undefined) return false;
    return (await this.#read(server.value.issuer)).identity !== this.#presented;
  }

  #read(issuer: string): Promise<GrantParams> {
    const { clientId, clock } = this.#settings;
    return this.#grant.read({ issuer, clientId, clock });
  }
}
