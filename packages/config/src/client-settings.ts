import { profiles } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import type { ClientConfig } from './client-schema.ts';

/** What a config says of a client, as `createClient` takes it. What it does not say is its profile's. */
export function clientOptionsOf(config: ClientConfig): ClientOptions {
  const { baseUrl, profile = 'default', timeoutMs, bodyTimeoutMs, totalTimeoutMs, maxResponseBytes } = config;
  const { headers, userAgent, insecureHttp } = config;
  const base = profiles[profile];
  return {
    ...base,
    baseUrl,
    ...definedOf({ timeout: timeoutMs, bodyTimeout: bodyTimeoutMs, totalTimeout: totalTimeoutMs, maxResponseBytes }),
    ...definedOf({ headers, userAgent, insecureHttp }),
    ...definedOf({ retry: retryOf(config, base), concurrency: concurrencyOf(config, base) }),
    ...definedOf({ redirects: config.redirects && { ...base.redirects, ...definedOf(config.redirects) } }),
  };
}

function retryOf({ retry }: ClientConfig, base: ClientOptions): ClientOptions['retry'] {
  if (retry === undefined) return undefined;
  const { limit, statusCodes, maxRetryAfterMs, backoffLimitMs } = retry;
  return {
    ...withLimit(base.retry),
    ...definedOf({ limit, statusCodes, maxRetryAfter: maxRetryAfterMs, backoffLimit: backoffLimitMs }),
  };
}

function concurrencyOf({ concurrency }: ClientConfig, base: ClientOptions): ClientOptions['concurrency'] {
  if (concurrency === undefined) return undefined;
  const { queueTimeoutMs, ...same } = concurrency;
  return { ...withLimit(base.concurrency), ...definedOf({ ...same, queueTimeout: queueTimeoutMs }) };
}

/** Options that may be given as their limit alone. */
function withLimit<T extends object>(given: T | number | undefined): T | { readonly limit?: number } {
  if (typeof given === 'object') return given;
  return given === undefined ? {} : { limit: given };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same without what is undefined, which would take the place of a default. */
function definedOf<T extends object>(fields: T): Defined<T>;
function definedOf(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
