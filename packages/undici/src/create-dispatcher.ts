import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { createProxyDispatcher } from './proxy-dispatcher.ts';
import type { ProxyContext } from './proxy-dispatcher.ts';
import type { TlsMaterials } from './tls-material.ts';
import type { UndiciOptions } from './undici-options.ts';

/**
 * Creates the dispatcher that keeps the connections.
 *
 * Its only clock is that for connecting: attempts and bodies have the client's.
 */
export function createDispatcher(
  options: UndiciOptions,
  materials: TlsMaterials,
  onForward: ProxyContext['onForward'],
): Dispatcher {
  const { proxy, lookup, connectTimeout = 10_000, allowH2 = false } = options;
  const pool = { ...poolOptions(options), allowH2, headersTimeout: 0, bodyTimeout: 0 };
  const connect = { ...materials.tls, ...(lookup !== undefined && { lookup }), timeout: connectTimeout };
  if (proxy === undefined) return new Agent({ ...pool, connect });
  return createProxyDispatcher(proxy, { pool, connect, connectTimeout, materials, onForward });
}

/** Without what is not set: undici rejects `undefined`. */
function poolOptions(options: UndiciOptions): Agent.Options {
  const { connections, pipelining, keepAliveTimeout, keepAliveMaxTimeout } = options;
  return {
    ...(connections !== undefined && { connections }),
    ...(pipelining !== undefined && { pipelining }),
    ...(keepAliveTimeout !== undefined && { keepAliveTimeout }),
    ...(keepAliveMaxTimeout !== undefined && { keepAliveMaxTimeout }),
  };
}
