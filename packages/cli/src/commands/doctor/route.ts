import type { Layer } from '@bearings/client';
import type { Config, NetworkConfig } from '@bearings/config';
import { findProxyFor, findProxyVariable } from '../../terminal/proxy-variables.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** How requests reach a server, when not by the plain `fetch`. */
export interface Route {
  readonly transport: Layer;
  /** `undefined` when requests go directly. */
  readonly proxy: RouteProxy | undefined;
  readonly settings: NetworkConfig | undefined;
}

/** The proxy on the way. */
export interface RouteProxy {
  /** Its URL without user and password. */
  readonly url: string;
  /** The field or variable that names it. */
  readonly from: string;
}

/** A client's `network`, and where it is in the config. */
export interface NetworkPlace {
  readonly name: string;
  readonly config: Pick<Config, 'network' | 'clients'>;
}

/** The proxy that requests to a URL go through; `undefined` when they go directly. */
export function findRouteProxy(url: URL, { name, config }: NetworkPlace, env: Terminal['env']): RouteProxy | undefined {
  const settings = config.clients[name]?.network;
  const usesEnvironment = settings === undefined ? findProxyVariable(env) !== undefined : settings.proxy === 'env';
  if (usesEnvironment) {
    const found = findProxyFor(url, env);
    return found && { url: withoutUser(found.proxy), from: found.variable };
  }
  if (settings?.proxy === undefined) return undefined;
  const field = settings === config.network ? 'network.proxy' : `clients.${name}.network.proxy`;
  return { url: withoutUser(settings.proxy), from: field };
}

function withoutUser(text: string): string {
  const url = URL.parse(text);
  if (url === null) return '';
  const port = url.port || { 'https:': '443', 'socks5:': '1080' }[url.protocol] || '80';
  return `${url.protocol}//${url.hostname}:${port}`;
}
