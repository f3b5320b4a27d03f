import { TokenUnavailableError } from '@bearings/oauth-bearer';
import { noTokenStatus, ReauthorizationRequiredError, TokenClosedError } from '@bearings/oauth-bearer/source';
import type {
  AccessToken,
  GetOptions,
  TokenError,
  TokenHandle,
  TokenListener,
  TokenStatus,
} from '@bearings/oauth-bearer';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import type { OpenUserTokens } from './open-user-tokens.ts';

type TokenResult = Result<AccessToken, TokenError>;

/** Opens the grants of a credential; an error with `REAUTHORIZATION_REQUIRED` when there are none yet. */
export type OpenGrants = () => Promise<Result<OpenUserTokens, TokenError>>;

const notOpened: TokenResult = Err(new TokenUnavailableError('The grants have not been read yet'));

/** The token of the person at the terminal. The grants are opened at its first use; after a failure, at the next. */
export class PersonToken implements TokenHandle {
  readonly #client: string;
  readonly #openGrants: OpenGrants;
  readonly #listeners = new Map<TokenListener, () => void>();
  #opening: Promise<Result<OpenUserTokens, TokenError>> | undefined;
  #users: OpenUserTokens['users'] | undefined;
  #handle: TokenHandle | undefined;
  #isClosed = false;

  /** @param client - the client's name, for errors */
  constructor(client: string, openGrants: OpenGrants) {
    this.#client = client;
    this.#openGrants = openGrants;
  }

  read(): TokenResult {
    return this.#handle?.read().mapErr((error) => this.#rename(error)) ?? notOpened;
  }

  async get(options?: GetOptions): Promise<TokenResult> {
    const failure = await this.#open();
    if (failure !== undefined || this.#handle === undefined) return Err(failure ?? new TokenClosedError());
    return (await this.#handle.get(options)).mapErr((error) => this.#rename(error));
  }

  async invalidate(rejected?: AccessToken): Promise<TokenResult> {
    if (this.#handle === undefined) return this.get();
    return (await this.#handle.invalidate(rejected)).mapErr((error) => this.#rename(error));
  }

  status(): TokenStatus {
    return this.#handle?.status() ?? noTokenStatus;
  }

  subscribe(listener: TokenListener): () => void {
    this.#listeners.set(listener, this.#handle?.subscribe(listener) ?? (() => {}));
    return () => {
      this.#listeners.get(listener)?.();
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening;
    await this.#users?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(): Promise<TokenError | undefined> {
    if (this.#handle !== undefined || this.#isClosed) return undefined;
    this.#opening ??= this.#openGrants();
    const opened = await this.#opening;
    this.#opening = undefined;
    if (opened.isErr()) return this.#rename(opened.error);
    if (this.#handle !== undefined) return undefined;
    const { users, purpose } = opened.value;
    this.#users = users;
    this.#handle = users.for(purpose);
    for (const listener of this.#listeners.keys()) this.#listeners.set(listener, this.#handle.subscribe(listener));
    return undefined;
  }

  /** All credentials have the same connection; people know the client. */
  #rename(error: TokenError): TokenError {
    if (error.code !== 'REAUTHORIZATION_REQUIRED') return error;
    const { reason, missingScopes } = error;
    return new ReauthorizationRequiredError({ connection: this.#client, reason, missingScopes });
  }
}
