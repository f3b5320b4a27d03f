import type { Clock } from '@bearings/client';
import { systemClock } from '@bearings/client';
import type { Dispatcher } from 'undici';
import { createAddressBook } from './addresses/create-address-book.ts';
import type { AddressBook } from './addresses/address-book.ts';
import { balance } from './addresses/balance.ts';
import { createDispatcher } from './create-dispatcher.ts';
import { ManagedDispatcher } from './managed-dispatcher.ts';
import { isDynamic, isSameMaterials, readMaterials, thumbprint } from './tls-material.ts';
import type { TlsMaterials } from './tls-material.ts';
import type { UndiciOptions } from './undici-options.ts';

/** How long a request waits for certificates to be read again while others can still be used. */
const maxRefreshWaitMs = 1_000;

/**
 * The connections of a layer.
 *
 * When a certificate or key has changed, new requests get new connections. The old ones are closed when their requests
 * have ended. While the new certificate cannot be read, the old one stays in use.
 */
export class Connections {
  /** The proxy that forwards plain http, once there was such a request. */
  forwardProxy: URL | undefined;
  readonly #options: UndiciOptions;
  readonly #clock: Clock;
  /** The instances of services, when requests go to them in turn. */
  readonly #book: AddressBook | undefined;
  readonly #refreshMs: number;
  #current: ManagedDispatcher | undefined;
  #materials: TlsMaterials | undefined;
  /** Of the client certificate, once it was asked for. */
  #thumbprint: string | undefined;
  #refreshAt = 0;
  #refresh: Promise<void> | undefined;
  /** Those with an old certificate, until their requests have ended. */
  readonly #old = new Set<ManagedDispatcher>();
  #isClosed = false;

  constructor(options: UndiciOptions) {
    this.#options = options;
    const { dispatcher, tlsRefreshInterval = 10_000, clock = systemClock } = options;
    this.#clock = clock;
    this.#book = createAddressBook(options, clock);
    this.#refreshMs = isDynamic(options) ? tlsRefreshInterval : Infinity;
    if (dispatcher !== undefined) this.#use(dispatcher);
    // refuses a wrong proxy of the environment now, and not at the first request
    if (options.proxy === 'env') void createDispatcher(options, { tls: {}, proxyTls: undefined }, () => {}).destroy();
  }

  /** The dispatcher for the next request. A promise when certificates have to be read first. */
  get(): ManagedDispatcher | Promise<ManagedDispatcher> {
    const current = this.#current;
    if (current === undefined) return this.#first();
    return this.#refreshMs !== Infinity && this.#clock.monotonic() >= this.#refreshAt
      ? this.#refreshed(current)
      : current;
  }

  /** The thumbprint of the client certificate that the next connection presents. Only with `tls.cert`. */
  async certificateThumbprint(): Promise<string> {
    await this.get();
    const materials = this.#materials ?? (await readMaterials(this.#options));
    this.#thumbprint ??= thumbprint(materials);
    return this.#thumbprint;
  }

  /** Resolves when all requests in flight have ended, and their connections are closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#current, ...this.#old].map(async (each) => each?.drain()));
  }

  /** Ends all requests in flight, and closes their connections. */
  async destroy(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#current, ...this.#old].map(async (each) => each?.destroy()));
  }

  async #first(): Promise<ManagedDispatcher> {
    await this.#refreshOnce();
    return this.#current ?? this.#first();
  }

  async #refreshed(usable: ManagedDispatcher): Promise<ManagedDispatcher> {
    const waited = Promise.withResolvers<void>();
    const cancel = this.#clock.schedule(maxRefreshWaitMs, waited.resolve);
    await Promise.race([this.#refreshOnce(), waited.promise]);
    cancel();
    return this.#current ?? usable;
  }

  #refreshOnce(): Promise<void> {
    this.#refresh ??= this.#read();
    return this.#refresh;
  }

  async #read(): Promise<void> {
    try {
      const materials = await readMaterials(this.#options);
      if (this.#materials === undefined || !isSameMaterials(this.#materials, materials)) this.#replace(materials);
    } catch (cause) {
      if (this.#current === undefined) throw cause;
    } finally {
      this.#refreshAt = this.#clock.monotonic() + this.#refreshMs;
      this.#refresh = undefined;
    }
  }

  #replace(materials: TlsMaterials): void {
    const old = this.#current;
    this.#materials = materials;
    this.#thumbprint = undefined;
    this.#use(createDispatcher(this.#options, materials, (proxy) => (this.forwardProxy = proxy)));
    if (old !== undefined) void this.#retire(old); // never rejects
    if (this.#isClosed) void this.#current?.destroy();
  }

  #use(dispatcher: Dispatcher): void {
    const used = this.#book === undefined ? dispatcher : dispatcher.compose(balance(this.#book));
    this.#current = new ManagedDispatcher(used, { isOurs: this.#options.dispatcher === undefined });
  }

  async #retire(old: ManagedDispatcher): Promise<void> {
    this.#old.add(old);
    await old.drain();
    this.#old.delete(old);
  }
}
