import type { Layer } from '@bearings/client';
import type { Config, NetworkConfig } from '@bearings/config';
import type { Network } from '../../terminal/network.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { wrapTransport } from '../../terminal/wrap-transport.ts';
import { findRouteProxy } from './route.ts';
import type { Route } from './route.ts';
import type { TrackedResponses } from './tracked-responses.ts';

/** The transports of clients and tokens, and the ways of their requests. */
export interface Routes {
  /** Opens the transport of a `network`, which records the servers' clocks. */
  readonly open: Network['open'];
  /** How requests of a client go to a URL; `undefined` when they go by `fetch`. */
  readonly find: (name: string, url: string) => Route | undefined;
}

/** What routes are made of. */
export interface RoutesContext {
  readonly config: Config;
  readonly network: Pick<Network, 'open'>;
  readonly responses: TrackedResponses;
  readonly env: Terminal['env'];
}

export function createRoutes({ config, network, responses, env }: RoutesContext): Routes {
  const opened = new Map<NetworkConfig | undefined, Layer | undefined>();
  return {
    async open(settings) {
      const transport = await network.open(settings);
      if (!opened.has(settings)) opened.set(settings, transport && wrapTransport(transport, responses.track));
      return opened.get(settings);
    },
    find(name, url) {
      const settings = config.clients[name]?.network;
      const transport = opened.get(settings);
      const proxy = findRouteProxy(new URL(url), { name, config }, env);
      return transport && (settings ?? proxy) && { transport, proxy, settings };
    },
  };
}
