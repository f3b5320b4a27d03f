import { TokenConfigError } from '@bearings/oauth-bearer';
import type { AccessToken, GetOptions, TokenError, TokenHandle, TokenStatus } from '@bearings/oauth-bearer';
import { noTokenStatus } from '@bearings/oauth-bearer/source';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';

type TokenResult = Result<AccessToken, TokenError>;

/**
 * The token of whichever user the current call is for. Outside `users.run` every call is refused: a token of another user
 * is never an answer.
 */
export class CurrentHandle implements TokenHandle {
  readonly #find: () => TokenHandle | undefined;

  /** @param find - the handle of the current user */
  constructor(find: () => TokenHandle | undefined) {
    this.#find = find;
  }

  read(): TokenResult {
    return this.#find()?.read() ?? refused();
  }

  async get(options?: GetOptions): Promise<TokenResult> {
    return this.#find()?.get(options) ?? refused();
  }

  async invalidate(rejected?: AccessToken): Promise<TokenResult> {
    return this.#find()?.invalidate(rejected) ?? refused();
  }

  status(): TokenStatus {
    return this.#find()?.status() ?? noTokenStatus;
  }

  /** There are as many tokens as users: subscribe to `users`, or to the handle of one user. */
  subscribe(): () => void {
    return () => {};
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

const refused = (): TokenResult =>
  Err(
    new TokenConfigError(
      'user',
      'is not set. Make the call inside users.run({ user }, …), or use users.for({ user, … })',
    ),
  );
