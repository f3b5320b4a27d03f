import { decodeClaims } from '../sources/claims.ts';
import type { TokenSource } from '../sources/token-source.ts';

/**
 * The claims that resources require of the next token.
 *
 * One resource must not keep the token from the others: after an attempt that asked for claims and failed in any way, the
 * next attempt asks for none.
 */
export class RequiredClaims {
  readonly #source: TokenSource;
  #required: string | undefined;
  /** True from the failure of an attempt that asked for claims until the next attempt ends. */
  #isLeftOut = false;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /** What the next attempt asks for. */
  get current(): string | undefined {
    return this.#required;
  }

  /**
   * Asks for these claims from the next attempt on, until one succeeds or fails with them. False when that attempt must
   * ask for none, when the source does not accept claims, and for a text that is no claims.
   */
  tryRequire(claims: string): boolean {
    if (this.#isLeftOut || this.#source.acceptsClaims !== true || decodeClaims(claims) === undefined) return false;
    this.#required = claims;
    return true;
  }

  /** An attempt that asked for these claims has failed, or its answer is not awaited any more. */
  onFailure(asked: string | undefined): void {
    this.#isLeftOut = asked !== undefined;
    if (asked !== undefined) this.#required = undefined;
  }

  /** An attempt that asked for these claims has brought a token. Claims that were required meanwhile are still required. */
  onSuccess(asked: string | undefined): void {
    this.#isLeftOut = false;
    if (this.#required === asked) this.#required = undefined;
  }
}
