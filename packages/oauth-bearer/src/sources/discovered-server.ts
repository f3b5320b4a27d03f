import type { TokenSettings } from '../token/token-config.ts';
import { requireDpop } from './require-dpop.ts';
import { findServer, isSameServer } from './token-server.ts';
import type { TokenServer } from './token-server.ts';

/** The metadata is requested again at most once per minute, whatever the token endpoint answers. */
const rediscoveryPeriodMs = 60_000;

/** The server of a token endpoint: discovered once, and again when something contradicts what is known of it. */
export class DiscoveredServer {
  readonly #settings: TokenSettings;
  #server: TokenServer | undefined;
  #rediscoveredAt = -Infinity;
  #rediscovery: Promise<TokenServer | undefined> | undefined;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /** The server as it is known; `undefined` before its discovery. */
  get known(): TokenServer | undefined {
    return this.#server;
  }

  /** @throws TokenError */
  async find(): Promise<TokenServer> {
    this.#server ??= await findServer(this.#settings);
    return this.#server;
  }

  /**
   * The server, if it issues DPoP tokens as far as its metadata says: the rule of a token request, before there is one.
   *
   * @throws TokenError
   */
  async findWithDpop(): Promise<TokenServer> {
    const server = await this.find();
    try {
      requireDpop(server);
      return server;
    } catch (cause) {
      const found = await this.findAgain(server);
      if (found === undefined) throw cause;
      requireDpop(found);
      return found;
    }
  }

  /** The server as it is now; `undefined` when it is as before, when discovery fails, and too soon after the last time. */
  async findAgain(before: TokenServer): Promise<TokenServer | undefined> {
    if (this.#server !== undefined && this.#server !== before) return this.#server;
    if (this.#rediscovery !== undefined) return this.#rediscovery;
    const nowMs = this.#settings.clock.now();
    const isTooSoon = Math.abs(nowMs - this.#rediscoveredAt) < rediscoveryPeriodMs;
    if (isTooSoon || 'tokenEndpoint' in this.#settings.server) return undefined;
    this.#rediscoveredAt = nowMs;
    this.#rediscovery = this.#rediscover(before);
    return this.#rediscovery;
  }

  /** Never rejects. */
  async #rediscover(before: TokenServer): Promise<TokenServer | undefined> {
    try {
      const found = await findServer(this.#settings, rediscoveryPeriodMs);
      if (isSameServer(found, before)) return undefined;
      this.#server = found;
      return found;
    } catch {
      return undefined; // what has contradicted says more than this error
    } finally {
      this.#rediscovery = undefined;
    }
  }
}
