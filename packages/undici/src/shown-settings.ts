import type { Setting } from '@bearings/client/layer';
import type { UndiciOptions } from './undici-options.ts';

/** What `explain` shows of a layer: no certificate or key, and no password of a proxy. */
export function shownSettings(options: UndiciOptions): Readonly<Record<string, Setting>> {
  if (options.dispatcher !== undefined) return { dispatcher: 'given' };
  const { connections = Infinity, pipelining = 1, allowH2 = false, connectTimeout = 10_000 } = options;
  const { tls, proxy, proxyTls } = options;
  return {
    connections,
    pipelining,
    allowH2,
    connectTimeoutMs: connectTimeout,
    ...(tls !== undefined && { tls: Object.keys(tls) }),
    ...(tls?.rejectUnauthorized === false && { rejectUnauthorized: false }),
    ...(proxy !== undefined && { proxy: proxy === 'env' ? proxy : (URL.parse(String(proxy))?.host ?? '') }),
    ...(options.addresses !== undefined && { addresses: showSource(options.addresses) }),
    ...(proxyTls !== undefined && { proxyTls: Object.keys(proxyTls) }),
  };
}

function showSource(addresses: NonNullable<UndiciOptions['addresses']>): string {
  const from = typeof addresses === 'string' ? addresses : addresses.from;
  return typeof from === 'string' ? from : 'by a function';
}
