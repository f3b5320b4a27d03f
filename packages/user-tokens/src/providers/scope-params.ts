import type { Provider } from './provider.ts';

/** The parameters of an authorization request that name the scopes, with the one that makes it offline. */
export function scopeParams(
  { scopeParam = 'scope', scopeSeparator = ' ', offlineScope }: Provider,
  scopes: readonly string[],
): Readonly<Record<string, string>> {
  const all = new Set([...scopes, ...(offlineScope === undefined ? [] : [offlineScope])]);
  return all.size === 0 ? {} : { [scopeParam]: [...all].join(scopeSeparator) };
}
