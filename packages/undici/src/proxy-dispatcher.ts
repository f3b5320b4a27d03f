import { EnvHttpProxyAgent, Pool, ProxyAgent } from 'undici';
import type { Agent, Dispatcher, buildConnector } from 'undici';
import { ConfigError } from '@bearings/client/errors';
import { proxyStatusError, toProxyError } from './proxy-error.ts';
import type { TlsMaterials } from './tls-material.ts';

export interface ProxyContext {
  readonly pool: Agent.Options;
  /** For hosts that `NO_PROXY` excludes. */
  readonly connect: buildConnector.BuildOptions;
  readonly connectTimeout: number;
  readonly materials: TlsMaterials;
  /** Called with the URL of the proxy that forwards plain http, before the first request to it. */
  readonly onForward: (proxy: URL) => void;
}

export const proxyProtocols: readonly string[] = ['http:', 'https:', 'socks5:'];

/**
 * Creates a dispatcher that goes through a proxy. Each option holds on each way: in a tunnel, forwarded and direct.
 *
 * @throws ConfigError when the environment has a proxy that is no URL
 */
export function createProxyDispatcher(proxy: string | URL, context: ProxyContext): Dispatcher {
  const { pool, connect, connectTimeout, materials, onForward } = context;
  const options = {
    ...pool,
    connect,
    connectTimeout,
    requestTls: materials.tls,
    // a SOCKS proxy is called with TLS as soon as there is an object here
    ...(isSocks(proxy) ? {} : { proxyTls: { ...materials.proxyTls, allowH2: false } }),
    clientFactory: (url: URL, { connect: connector }: Connecting) => createTunnelPool(url, connector, connectTimeout),
    factory: (origin: string | URL, given: Connecting) =>
      isForwarding(given)
        ? createForwardPool(new URL(origin), given.connect, { pool, onForward })
        : new Pool(origin, given),
  };
  if (proxy !== 'env') return new ProxyAgent({ ...options, uri: String(proxy) });
  try {
    return new EnvHttpProxyAgent(options);
  } catch {
    throw new ConfigError('proxy', 'HTTP_PROXY and HTTPS_PROXY must be URLs with http:, https: or socks5:');
  }
}

interface Connecting {
  readonly connect: buildConnector.connector;
}

const isSocks = (proxy: string | URL): boolean => String(proxy).startsWith('socks5:');

/** True for the pool of requests that a proxy forwards: undici gives it a connector, and nothing else. */
const isForwarding = (given: object): boolean => Object.keys(given).join() === 'connect';

/** The connections to a proxy over which tunnels are opened. All that fails here is the proxy's failure. */
function createTunnelPool(proxy: URL, connect: buildConnector.connector, connectTimeout: number): Pool {
  if (!proxyProtocols.includes(proxy.protocol)) throw new TypeError('not the URL of a proxy');
  const pool = new Pool(proxy.origin, { connect, headersTimeout: connectTimeout });
  const open = pool.connect.bind(pool);
  const openTunnel = async (options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
    let tunnel: Dispatcher.ConnectData;
    try {
      tunnel = await open(options);
    } catch (cause) {
      throw toProxyError(proxy, cause);
    }
    if (tunnel.statusCode === 200) return tunnel;
    tunnel.socket.on('error', () => {}).destroy();
    throw proxyStatusError(proxy, tunnel.statusCode);
  };
  return Object.defineProperty(pool, 'connect', { value: openTunnel });
}

/** The connections to a proxy that forwards plain http. */
function createForwardPool(
  proxy: URL,
  connect: buildConnector.connector,
  { pool, onForward }: Pick<ProxyContext, 'pool' | 'onForward'>,
): Pool {
  onForward(proxy);
  return new Pool(proxy.origin, {
    ...pool,
    allowH2: false,
    connect: (options, callback) =>
      connect(options, (...[error, socket]) =>
        error === null ? callback(null, socket) : callback(toProxyError(proxy, error), null),
      ),
  });
}
