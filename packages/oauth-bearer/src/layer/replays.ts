import type { Call } from '@bearings/client/layer';
import type { AccessToken } from '../access-token.ts';

/**
 * Which calls were replayed with another token.
 *
 * A call is replayed once, however often it is retried; and once more when the token of the replay was requested before
 * the first 401: what rejected the first token, such as a revocation of all, may have come after that request too. A
 * token that was requested later and is rejected shows that another one does not help.
 */
export class Replays {
  /** By the root of a call: a hedged one has several parts. When its first 401 came, in milliseconds since the epoch; `undefined` after the second replay. */
  readonly #rejectedAt = new WeakMap<Call, number | undefined>();

  /** True when a call whose token is rejected may be sent again. */
  allow({ root }: Call, rejected: AccessToken): boolean {
    if (!this.#rejectedAt.has(root)) return true;
    const rejectedAt = this.#rejectedAt.get(root);
    return rejectedAt !== undefined && rejected.issuedAt < rejectedAt;
  }

  /** A call is sent again. */
  add({ root }: Call, rejectedAt: number): void {
    this.#rejectedAt.set(root, this.#rejectedAt.has(root) ? undefined : rejectedAt);
  }
}
