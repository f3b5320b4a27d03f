import type { Clock } from '@bearings/client';
import { AddressPool } from './address-pool.ts';
import type { EjectionRules } from './address-pool.ts';
import type { AddressLookup } from './address-source.ts';

/** What an address book works with. */
export interface AddressBookContext extends EjectionRules {
  readonly lookup: AddressLookup;
  /** How long found addresses are used until they are looked up again, in milliseconds. */
  readonly refreshMs: number;
  readonly clock: Clock;
}

interface Entry {
  readonly pool: AddressPool;
  lookedUpAt: number;
  lookup: Promise<void> | undefined;
}

/** The services with the most origins would else be kept for ever. */
const maxOrigins = 1_000;

/** The instances of all services that are called. While a lookup fails, the instances found before stay in use. */
export class AddressBook {
  readonly #context: AddressBookContext;
  readonly #entries = new Map<string, Entry>();

  constructor(context: AddressBookContext) {
    this.#context = context;
  }

  /**
   * The instances of a service; a promise when they have to be looked up first.
   *
   * @throws the error of the lookup, when there are none
   */
  find(origin: string): AddressPool | Promise<AddressPool> {
    const { clock, refreshMs } = this.#context;
    const entry = this.#entries.get(origin) ?? this.#add(origin);
    if (entry.pool.size === 0) return this.#lookUp(origin, entry).then(() => entry.pool);
    if (clock.monotonic() - entry.lookedUpAt >= refreshMs) this.#lookUp(origin, entry).catch(() => {}); // the old ones stay
    return entry.pool;
  }

  #add(origin: string): Entry {
    const { clock } = this.#context;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= maxOrigins && oldest !== undefined) this.#entries.delete(oldest);
    const entry = {
      pool: new AddressPool(this.#context, () => clock.monotonic()),
      lookedUpAt: -Infinity,
      lookup: undefined,
    };
    this.#entries.set(origin, entry);
    return entry;
  }

  #lookUp(origin: string, entry: Entry): Promise<void> {
    entry.lookup ??= this.#update(origin, entry);
    return entry.lookup;
  }

  async #update(origin: string, entry: Entry): Promise<void> {
    const { lookup, clock } = this.#context;
    try {
      const addresses = await lookup(new URL(origin));
      if (addresses.length > 0) entry.pool.update(addresses);
      else if (entry.pool.size === 0) throw notFound(origin);
    } finally {
      entry.lookedUpAt = clock.monotonic();
      entry.lookup = undefined;
    }
  }
}

function notFound(origin: string): Error {
  return Object.assign(new Error(`no address was found for ${origin}`), { code: 'ENOTFOUND' });
}
