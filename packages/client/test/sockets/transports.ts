import { withUndici } from '@bearings/undici';
import { onTestFinished } from 'vitest';
import type { ClientOptions } from '../../src/client-options.ts';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import type { Layer } from '../../src/core/layer.ts';

type Create = (options?: ClientOptions, ...layers: readonly Layer[]) => Client;

/** Both transports: what concerns the network is tested over each. */
export const transports: readonly (readonly [string, Create])[] = [
  ['over fetch', (options, ...layers) => createClient(options, ...layers)],
  [
    'over undici',
    (options, ...layers) => {
      const network = withUndici();
      onTestFinished(() => void network.destroy());
      return createClient(options, network, ...layers);
    },
  ],
];
