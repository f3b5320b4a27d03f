import type { Layer } from '@bearings/client';
import type { UndiciLayer } from '@bearings/undici';
import type { Config } from '../load-config.ts';
import type { NetworkConfig } from '../schema/network-schema.ts';
import { networkKey } from './configured-credential.ts';
import { createNetwork } from './create-network.ts';

/** The networks of the clients and tokens of a config: one for each distinct `network`. */
export class Networks {
  readonly #config: Pick<Config, 'readSecret'>;
  readonly #created = new Map<string, UndiciLayer>();

  constructor(config: Pick<Config, 'readSecret'>) {
    this.#config = config;
  }

  /** @throws InvalidConfigError | ConfigError */
  async get(network: NetworkConfig | undefined): Promise<Layer | undefined> {
    if (network === undefined) return undefined;
    const key = networkKey(network);
    const layer = this.#created.get(key) ?? (await createNetwork(this.#config, network));
    this.#created.set(key, layer);
    return layer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#created.values()].map((layer) => layer.close()));
  }
}
