import { orThrow } from '@bearings/client';
import type { Layer } from '@bearings/client';
import type { StepUpOptions, TokenHandle, TokenPool } from '@bearings/oauth-bearer';
import type { Config } from '../load-config.ts';
import { readCredentials } from './configured-credential.ts';
import type { ConfiguredCredential } from './configured-credential.ts';
import { createStepUpPool } from './create-oauth2-token.ts';
import { createToken } from './create-token.ts';
import type { TokenOptions } from './token-options.ts';

/** The token of a client, and what it may get when a resource demands more. */
export interface ClientToken {
  readonly handle: TokenHandle;
  readonly stepUp?: StepUpOptions;
}

/** The tokens of the clients of a config. */
export class ClientTokens {
  readonly #byClient = new Map<string, ClientToken>();
  readonly #created: (TokenHandle | TokenPool)[] = [];

  get(client: string): ClientToken | undefined {
    return this.#byClient.get(client);
  }

  /**
   * Creates one token for each credential and keeps it under the name of each client that uses it.
   *
   * @throws TokenError | InvalidConfigError
   */
  async create(config: Config, { options, networks, sharing }: TokensContext): Promise<void> {
    for (const credential of readCredentials(config)) {
      const { fetch, clock, random, openGrants } = options;
      const network = networks(credential.clients[0] ?? '');
      const injected = { fetch, network, clock, random, openGrants, sharing };
      const handle = await orThrow(createToken(config, credential, injected));
      this.#created.push(handle);
      const token = { handle, ...(await this.#createStepUp(config, credential, injected)) };
      for (const name of credential.clients) this.#byClient.set(name, token);
      options.onToken?.(handle, credential);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#created.map((each) => each.close()));
  }

  async #createStepUp(
    config: Config,
    { auth }: ConfiguredCredential,
    options: TokenOptions,
  ): Promise<Pick<ClientToken, 'stepUp'>> {
    if (auth.type !== 'oauth2_client_credentials' || auth.stepUp === undefined) return {};
    const pool = await orThrow(createStepUpPool(config, auth, options));
    this.#created.push(pool);
    return { stepUp: { allow: auth.stepUp.allow, token: (scopes) => pool.for({ scopes }) } };
  }
}

/** What the tokens of a config are created with. */
export interface TokensContext {
  readonly options: Omit<TokenOptions, 'network' | 'sharing'> & {
    readonly onToken?: (token: TokenHandle, credential: ConfiguredCredential) => void;
  };
  /** The network of a client. */
  readonly networks: (client: string) => Layer | undefined;
  readonly sharing: TokenOptions['sharing'];
}
