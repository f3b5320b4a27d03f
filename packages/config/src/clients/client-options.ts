import { profiles } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import type { ClientConfig } from '../schema/client-schema.ts';

/** Converts one client of a config to options of `createClient`. The profile gives the defaults. */
export function toClientOptions(config: ClientConfig): ClientOptions {
  const { baseUrl, profile = 'default', timeoutMs, bodyTimeoutMs, totalTimeoutMs, maxResponseBytes } = config;
  const { headers, userAgent, insecureHttp } = config;
  const base = profiles[profile];
  return {
    ...base,
    baseUrl,
    ...omitUndefined({
      timeout: timeoutMs,
      bodyTimeout: bodyTimeoutMs,
      totalTimeout: totalTimeoutMs,
      maxResponseBytes,
    }),
    ...omitUndefined({ headers, userAgent, insecureHttp }),
    ...omitUndefined({ retry: retryOptions(config, base), concurrency: concurrencyOptions(config, base) }),
    ...omitUndefined({ redirects: config.redirects && { ...base.redirects, ...omitUndefined(config.redirects) } }),
  };
}

function retryOptions({ retry }: ClientConfig, base: ClientOptions): ClientOptions['retry'] {
  if (retry === undefined) return undefined;
  const { limit, statusCodes, maxRetryAfterMs, backoffLimitMs } = retry;
  return {
    ...toLimitObject(base.retry),
    ...omitUndefined({ limit, statusCodes, maxRetryAfter: maxRetryAfterMs, backoffLimit: backoffLimitMs }),
  };
}

function concurrencyOptions({ concurrency }: ClientConfig, base: ClientOptions): ClientOptions['concurrency'] {
  if (concurrency === undefined) return undefined;
  const { queueTimeoutMs, ...same } = concurrency;
  return { ...toLimitObject(base.concurrency), ...omitUndefined({ ...same, queueTimeout: queueTimeoutMs }) };
}

/** Options that may be a number, which is their limit. */
function toLimitObject<T extends object>(option: T | number | undefined): T | { readonly limit?: number } {
  if (typeof option === 'object') return option;
  return option === undefined ? {} : { limit: option };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Removes fields that are undefined, because they would replace a default. */
function omitUndefined<T extends object>(fields: T): Defined<T>;
function omitUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
