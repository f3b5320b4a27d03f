import { untilAborted } from '@bearings/client/layer';
import { TokenUnavailableError } from '@bearings/oauth-bearer';
import type {
  AccessToken,
  GetOptions,
  TokenError,
  TokenHandle,
  TokenListener,
  TokenStatus,
} from '@bearings/oauth-bearer';
import { RateLimiter, rotationBurst, TokenClosedError } from '@bearings/oauth-bearer/source';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import type { GrantKey } from '../store/grant-key.ts';
import type { HandleContext, HandlePurpose } from './handle-context.ts';
import { HandleRenewer } from './handle-renewer.ts';
import { toTokenStatus } from './handle-status.ts';

type TokenResult = Result<AccessToken, TokenError>;

const nothingYet: TokenResult = Err(new TokenUnavailableError('The token has not been read from the store yet'));
const expired: TokenResult = Err(new TokenUnavailableError('The token has expired and is being renewed'));
const rotating: TokenResult = Err(new TokenUnavailableError('The token was rejected and is being renewed'));
const closed: TokenResult = Err(new TokenClosedError());

/** How long a caller with a valid token waits for one that is valid for longer. */
const briefWaitMs = 1_000;
/** After a burst, a token is renewed once per period, when every new one is rejected at once. */
const rotationPeriodMs = 10_000;

/**
 * The token of one user for one connection.
 *
 * Not a `Token` over a source: that engine serves a valid token while its renewal fails, but a revoked grant must not be
 * served, and tens of thousands of handles must not have a timer each.
 */
export class GrantHandle implements TokenHandle {
  readonly #context: HandleContext;
  readonly #purpose: HandlePurpose;
  readonly #renewer: HandleRenewer;
  #rotations: RateLimiter | undefined;
  #isClosed = false;

  constructor(context: HandleContext, purpose: HandlePurpose) {
    this.#context = context;
    this.#purpose = purpose;
    this.#renewer = new HandleRenewer(context, purpose);
  }

  /** The token in memory. Does no I/O; the store is asked in the background when that was more than `recheckMs` ago. */
  read(): TokenResult {
    const { held, failure, isRotating } = this.#renewer;
    if (this.#isClosed) return closed;
    if (held === undefined) return failure?.result ?? nothingYet;
    if (isRotating) return rotating;
    if (held.validForMs <= 0) return failure?.result ?? expired;
    this.#renewer.checkIfDue(held);
    return held.result;
  }

  /**
   * The token in memory, or the one in the store, refreshed if necessary. During the pause after a failure the last error
   * is answered at once.
   *
   * @throws the signal's reason when it is aborted first; the renewal goes on
   */
  async get({ signal, minValidityMs = 0 }: GetOptions = {}): Promise<TokenResult> {
    signal?.throwIfAborted();
    const now = this.read();
    const { held } = this.#renewer;
    if (this.#isClosed || (now.isOk() && held?.lasts(minValidityMs) === true)) return now;
    if (now.isOk() && held !== undefined)
      return (await this.#waitBriefly(this.#renewer.renewAhead(held))) ?? this.read();
    const later = this.#renewer.acquire();
    return signal === undefined ? later : untilAborted(later, signal);
  }

  /**
   * Renews the token if `rejected` (default: the current one) is the one in memory. A token that another process has
   * stored meanwhile is taken without a token request. When the renewal fails, the token stays in use: other resources may
   * accept it.
   */
  async invalidate(rejected?: AccessToken): Promise<TokenResult> {
    const { held } = this.#renewer;
    const isCurrent = held !== undefined && (rejected === undefined || rejected.isSameAs(held.access));
    if (this.#isClosed || !isCurrent || held.validForMs <= 0) return this.get();
    const rotated = await this.#renewer.rotate(held, () => this.#mayRotate());
    if (rotated === undefined) return this.get();
    return rotated.isErr() && this.#renewer.held === held ? held.result : rotated;
  }

  /** What the token shows of itself. */
  status(): TokenStatus {
    return toTokenStatus(this.#renewer, this.#isClosed, this.#context.clock);
  }

  /** Calls the listener on every event from now on; answers with a function that stops it. Its errors are ignored. */
  subscribe(listener: TokenListener): () => void {
    return this.#renewer.subscribe(listener);
  }

  /** Forgets the token. The grant stays. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#renewer.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Forgets what it knows of the grants of a user, because this process has changed them. */
  resetIfUserIs(key: Pick<GrantKey, 'tenant' | 'user'>): void {
    const { tenant, user } = this.#purpose;
    if (tenant === key.tenant && user === key.user) this.#renewer.reset();
  }

  #mayRotate(): boolean {
    const { clock } = this.#context;
    this.#rotations ??= new RateLimiter({ burst: rotationBurst, periodMs: rotationPeriodMs, clock });
    return this.#rotations.tryTake();
  }

  async #waitBriefly(later: Promise<TokenResult>): Promise<TokenResult | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#context.clock.schedule(briefWaitMs, () => resolve(undefined), { background: true });
    try {
      const result = await Promise.race([later, late]);
      return result?.isOk() === true ? result : undefined;
    } finally {
      cancel();
    }
  }
}
