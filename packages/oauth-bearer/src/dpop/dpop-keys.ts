import type { JsonWebKeyInput } from 'node:crypto';
import type { Clock } from '@bearings/client';
import { SecretString } from '../secret-string.ts';
import { generateKey } from './dpop-key.ts';
import type { DpopKey } from './dpop-key.ts';
import { DpopNonces } from './dpop-nonces.ts';
import { readDpop } from './read-dpop.ts';
import type { DpopOptions } from './read-dpop.ts';

/** What is stored of a key, beside the tokens that are bound to it. */
export interface DpopBinding {
  /** The SHA-256 thumbprint of the key (RFC 7638), as `dpop_jkt` has it (RFC 9449 §10). */
  readonly thumbprint: string;
  /** The private key, a JWK as JSON: store it sealed. Absent for the key of the config, which is not stored. */
  readonly privateKey?: SecretString | undefined;
}

/** A key, and what is stored of it. */
export interface BoundDpopKey {
  readonly key: DpopKey;
  readonly binding: DpopBinding;
}

/**
 * The keys of one client whose tokens outlive the process: the one of its config, or a new one for each grant, which is
 * stored with the tokens. All share the nonces of the servers.
 */
export class DpopKeys {
  readonly #setting: boolean | DpopOptions;
  readonly #clock: Clock;
  readonly #nonces = new DpopNonces();
  readonly #given: BoundDpopKey | undefined;

  /**
   * @param dpop - `false`: new tokens are not bound
   * @throws TokenConfigError
   */
  constructor(dpop: boolean | DpopOptions | undefined, clock: Clock) {
    this.#setting = dpop ?? false;
    this.#clock = clock;
    this.#given = typeof this.#setting === 'boolean' ? undefined : this.#open(this.#setting);
  }

  /** True when tokens that are requested now are bound. */
  get isOn(): boolean {
    return this.#setting !== false;
  }

  /** The key for tokens that are requested now; `undefined` when they are not bound. */
  async create(): Promise<BoundDpopKey | undefined> {
    if (this.#setting === false || this.#given !== undefined) return this.#given;
    const { privateKey } = await generateKey({ extractable: true });
    const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', privateKey);
    return this.#openStored(new SecretString(JSON.stringify({ kty, crv, x, y, d })));
  }

  /** The key of stored tokens; `undefined` when it was that of a config, which has another one now, or none. */
  open({ thumbprint, privateKey }: DpopBinding): BoundDpopKey | undefined {
    if (privateKey !== undefined) return this.#openStored(privateKey);
    return this.#given?.binding.thumbprint === thumbprint ? this.#given : undefined;
  }

  #openStored(privateKey: SecretString): BoundDpopKey {
    const jwk: JsonWebKeyInput['key'] = JSON.parse(privateKey.expose());
    const { key, binding } = this.#open({ privateKey: jwk });
    return { key, binding: { ...binding, privateKey } };
  }

  /** @throws TokenConfigError */
  #open(dpop: DpopOptions): BoundDpopKey {
    const key = readDpop({ dpop }, { clock: this.#clock, nonces: this.#nonces });
    if (key?.thumbprint === undefined) throw new TypeError('a given key has a thumbprint');
    return { key, binding: { thumbprint: key.thumbprint } };
  }
}
