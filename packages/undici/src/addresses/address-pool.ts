import type { ServiceAddress } from './address-source.ts';

/** When an instance is left out. */
export interface EjectionRules {
  /** How long after its first failure, in milliseconds; doubled for each further one, up to ten times this. */
  readonly ejectForMs: number;
  /** How many bad responses in a row are a failure. A failed connection is one at once. */
  readonly maxBadResponses: number;
}

interface Health {
  ejectedUntil: number;
  ejections: number;
  badResponses: number;
}

/** How a request to an instance ended. */
export type Verdict = 'good' | 'bad' | 'unreachable';

const maxFactor = 10;

/** The instances of one service, in turn, without those that fail. */
export class AddressPool {
  readonly #rules: EjectionRules;
  readonly #now: () => number;
  readonly #health = new Map<string, Health>();
  #addresses: readonly ServiceAddress[] = [];
  #next = 0;

  /** @param now - monotonic time in milliseconds */
  constructor(rules: EjectionRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
  }

  /** The number of different instances. */
  get size(): number {
    return new Set(this.#addresses.map(toKey)).size;
  }

  /** Replaces the instances. Those that stay keep their state. */
  update(addresses: readonly ServiceAddress[]): void {
    this.#addresses = addresses;
    const keys = new Set(addresses.map(toKey));
    for (const key of this.#health.keys()) if (!keys.has(key)) this.#health.delete(key);
  }

  /**
   * The next instance that is neither tried nor left out; when all others are left out, the one whose time is over first.
   *
   * @param tried - those that the request has been tried at
   */
  take(tried: ReadonlySet<string> = new Set()): ServiceAddress | undefined {
    const untried = this.#addresses.filter((each) => !tried.has(toKey(each)));
    const usable = untried.filter((each) => this.#ejectedUntil(each) <= this.#now());
    if (usable.length === 0)
      return untried.toSorted((one, other) => this.#ejectedUntil(one) - this.#ejectedUntil(other))[0];
    this.#next += 1;
    return usable[this.#next % usable.length];
  }

  /** Records how a request ended. */
  record(address: ServiceAddress, verdict: Verdict): void {
    const key = toKey(address);
    const health = this.#health.get(key) ?? { ejectedUntil: -Infinity, ejections: 0, badResponses: 0 };
    if (verdict === 'good') return void this.#health.delete(key);
    health.badResponses += 1;
    this.#health.set(key, health);
    if (verdict === 'bad' && health.badResponses < this.#rules.maxBadResponses) return;
    if (health.ejectedUntil > this.#now()) return; // one of several that were in flight
    health.ejectedUntil = this.#now() + this.#rules.ejectForMs * Math.min(maxFactor, 2 ** health.ejections);
    health.ejections += 1;
    health.badResponses = 0;
  }

  #ejectedUntil(address: ServiceAddress): number {
    return this.#health.get(toKey(address))?.ejectedUntil ?? -Infinity;
  }
}

/** The name of an instance in {@link AddressPool.take}. */
export const toKey = ({ address, port = 0 }: ServiceAddress): string => `${address}|${port}`;
