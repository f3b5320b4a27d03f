import type { Terminal } from './terminal.ts';

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/** The first variable of the environment that names a proxy; `undefined` when none does. */
export const findProxyVariable = (env: Terminal['env']): string | undefined =>
  names.find((name) => (env[name] ?? '') !== '');

/** The proxy for a URL, and the variable that names it; `undefined` when requests go directly, also by `NO_PROXY`. */
export function findProxyFor(
  url: URL,
  env: Terminal['env'],
): { readonly variable: string; readonly proxy: string } | undefined {
  if (isExcluded(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  // as undici chooses: the lower case first, and for https the proxy of http when it has none
  const order =
    url.protocol === 'https:'
      ? ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']
      : ['http_proxy', 'HTTP_PROXY'];
  const variable = order.find((name) => (env[name] ?? '') !== '');
  return variable === undefined ? undefined : { variable, proxy: env[variable] ?? '' };
}

function isExcluded({ hostname, port, protocol }: URL, excluded: string): boolean {
  const portNumber = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return excluded
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (entryPort !== undefined && entryPort !== portNumber) return false;
      const suffix = name.toLowerCase().replace(/^\*?\./, '');
      return hostname === suffix || hostname.endsWith(`.${suffix}`);
    });
}
