import { profiles } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import type { ClientConfig } from '../schema/client-schema.ts';
import { omitUndefined } from './omit-undefined.ts';

/** Converts one client of a config to options of `createClient`: the names are the same. The profile gives the defaults. */
export function toClientOptions(config: ClientConfig): ClientOptions {
  const { auth: _auth, network: _network, doctor: _doctor, ...others } = config;
  const { profile = 'default', retry, concurrency, redirects, ...options } = others;
  const base = profiles[profile];
  return {
    ...base,
    ...omitUndefined(options),
    ...(retry && { retry: { ...toLimitObject(base.retry), ...omitUndefined(retry) } }),
    ...(concurrency && { concurrency: { ...toLimitObject(base.concurrency), ...omitUndefined(concurrency) } }),
    ...(redirects && { redirects: { ...base.redirects, ...omitUndefined(redirects) } }),
  };
}

/** Options that may be a number, which is their limit. */
function toLimitObject<T extends object>(option: T | number | undefined): T | { readonly limit?: number } {
  if (typeof option === 'object') return option;
  return option === undefined ? {} : { limit: option };
}
