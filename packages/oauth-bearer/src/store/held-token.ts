import type { Clock } from '@bearings/client';
import type { HeldToken } from '../sources/token-source.ts';
import type { EntrySeal } from './token-seal.ts';
import type { HeldEntry } from './token-store.ts';

interface KnownToken {
  readonly value: string;
  readonly id: string;
  readonly requestedAtMs: number;
}

/** The id and the age of the token that a replica holds, by its monotonic clock. */
export class HeldTokens {
  readonly #seal: EntrySeal;
  readonly #clock: Clock;
  #known: KnownToken | undefined;

  constructor(seal: EntrySeal, clock: Clock) {
    this.#seal = seal;
    this.#clock = clock;
  }

  /** Records a token and its age: the milliseconds since its request was sent. */
  remember(value: string, id: string, ageMs: number): void {
    this.#known = { value, id, requestedAtMs: this.#clock.monotonic() - ageMs };
  }

  /** The age of a token; `undefined` when another one is held by now. */
  ageMs(id: string): number | undefined {
    return this.#known?.id === id ? this.#clock.monotonic() - this.#known.requestedAtMs : undefined;
  }

  /** The held token, as a question describes it. Only a token that did not come this way has the age that the engine knows. */
  async describe(held: HeldToken | undefined): Promise<HeldEntry | undefined> {
    if (held === undefined) return undefined;
    const value = held.access.secret.expose();
    const known = this.#known;
    if (known?.value !== value) return { id: await this.#seal.idFor(value), ageMs: held.ageMs };
    return { id: known.id, ageMs: this.#clock.monotonic() - known.requestedAtMs };
  }
}
