import { AccessToken, elapsedMs, instantNow } from '@bearings/oauth-bearer/source';
import type { Instant } from '@bearings/oauth-bearer/source';
import type { TokenError } from '@bearings/oauth-bearer';
import type { Clock } from '@bearings/client';
import { Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { OpenGrant } from '../grant/open-grant.ts';

/** How long before its expiry a token is renewed, at a use, in milliseconds; never in the first half of its life. */
export const renewAheadMs = 300_000;

/** The access token that a handle has in memory. */
export class HeldGrant {
  readonly id: string;
  readonly version: number;
  readonly access: AccessToken;
  /** What readers get, made once. */
  readonly result: Result<AccessToken, TokenError>;
  readonly #readAt: Instant;
  readonly #lifetimeMs: number;
  readonly #clock: Clock;
  #checkedAt: Instant;

  constructor({ grant, pair, bound }: OpenGrant, generation: number, clock: Clock) {
    const { id, version, scopes, accessExpiresInMs: lifetimeMs } = grant;
    const value = pair.access.expose();
    this.id = id;
    this.version = version;
    const signing = bound && { scheme: 'DPoP' as const, dpopKey: bound.key };
    this.access = new AccessToken({ value, scopes, issuedAt: clock.now(), lifetimeMs, generation, ...signing });
    this.result = Ok(this.access);
    this.#readAt = instantNow(clock);
    this.#checkedAt = this.#readAt;
    this.#lifetimeMs = lifetimeMs;
    this.#clock = clock;
  }

  /** Milliseconds until the token expires. */
  get validForMs(): number {
    return this.#lifetimeMs - elapsedMs(this.#readAt, this.#clock);
  }

  /** True when it should be renewed ahead of its expiry. */
  get isDue(): boolean {
    return this.validForMs <= this.#aheadMs;
  }

  /** Milliseconds until it should be renewed. */
  get dueInMs(): number {
    return this.validForMs - this.#aheadMs;
  }

  /** Milliseconds since the store last said that the grant is as it is here. */
  get uncheckedMs(): number {
    return elapsedMs(this.#checkedAt, this.#clock);
  }

  /** The store says that the grant is as it is here. */
  confirm(): void {
    this.#checkedAt = instantNow(this.#clock);
  }

  /** True when it is valid for that long, or as long as a token of its lifetime can be asked to be. */
  lasts(minValidityMs: number): boolean {
    return this.validForMs >= Math.min(minValidityMs, this.#lifetimeMs / 2);
  }

  get #aheadMs(): number {
    return Math.min(renewAheadMs, this.#lifetimeMs / 2);
  }
}
