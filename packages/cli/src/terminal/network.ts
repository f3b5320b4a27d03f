import { createClient, profiles, systemClock } from '@bearings/client';
import type { Layer } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { createNetwork as createConfigNetwork } from '@bearings/config';
import type { Config, NetworkConfig, TokenOptions } from '@bearings/config';
import { printExchanges } from '../output/auth-debug-log.ts';
import { observeExchanges } from '../output/observe-exchanges.ts';
import type { ExchangeListener } from '../output/observe-exchanges.ts';
import { findProxyVariable } from './proxy-variables.ts';
import type { Terminal } from './terminal.ts';
import { wrapTransport } from './wrap-transport.ts';

/** The network of a command. */
export interface Network extends AsyncDisposable {
  /** For tokens and clients that {@link open} gives no layer. */
  readonly fetch: typeof globalThis.fetch;
  /** The same fetch with the terminal's clock and randomness: the options of tokens and clients. */
  readonly options: TokenOptions;
  /** Layers for the clients: they mark the clients' requests, which the debug log leaves out. */
  readonly layers: () => readonly Layer[];
  /**
   * The transport for `network` of the config, closed with this network; without it, the proxy of the environment.
   * `undefined` when there is neither.
   */
  readonly open: (settings: NetworkConfig | undefined) => Promise<Layer | undefined>;
}

/**
 * The terminal's network. With `debug` it shows each exchange with the authorization server on stderr; a listener gets
 * them instead.
 */
export function createNetwork(
  terminal: Terminal,
  debug: boolean | ExchangeListener,
  config: Pick<Config, 'readSecret'> = noConfig,
): Network {
  const { clock, random, env } = terminal;
  const time = { ...(clock && { clock }), ...(random && { random }) };
  const clientSignals = new WeakSet<AbortSignal>();
  const markRequests = layer('network', 'mark', (next) => (request, call) => {
    clientSignals.add(call.signal);
    return next(request, call);
  });
  const listener = typeof debug === 'function' ? debug : printExchanges(terminal);
  const isClientRequest = ({ signal }: RequestInit): boolean =>
    signal instanceof AbortSignal && clientSignals.has(signal);
  const log = (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    observeExchanges({ fetch, clock: clock ?? systemClock, isClientRequest }, listener);
  const fetch = debug === false ? terminal.fetch : log(terminal.fetch);
  const disposables = new AsyncDisposableStack();
  const known = new Map<string, Promise<Layer>>();
  const create = async (settings: NetworkConfig): Promise<Layer> => {
    const created = disposables.use(await createConfigNetwork(config, settings));
    return debug === false ? created : wrapTransport(created, log);
  };
  return {
    fetch,
    options: { fetch, ...time },
    layers: () => (debug === false ? [] : [markRequests]),
    async open(given) {
      const settings = given ?? (findProxyVariable(env) === undefined ? undefined : ({ proxy: 'env' } as const));
      if (settings === undefined) return undefined;
      const key = JSON.stringify(settings);
      const opened = known.get(key) ?? create(settings);
      known.set(key, opened);
      return opened;
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

/** The fetch that goes by a transport, or the network's own without one. */
export const toFetch = ({ fetch }: Pick<Network, 'fetch'>, transport: Layer | undefined): typeof globalThis.fetch =>
  transport === undefined ? fetch : createClient({ ...profiles.proxy, insecureHttp: true }, transport).fetch;

const noConfig: Pick<Config, 'readSecret'> = {
  readSecret: () => Promise.reject(new TypeError('The network has no secret')),
};
