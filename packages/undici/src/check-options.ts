import { ConfigError } from '@bearings/client/errors';
import {
  booleanRule,
  checkOptions,
  clockRule,
  countRule,
  functionRule,
  methodsRule,
  objectRule,
} from '@bearings/client/layer';
import type { OptionRule, OptionRules } from '@bearings/client/layer';
import { proxyProtocols } from './proxy-dispatcher.ts';
import type { AddressOptions, TlsOptions, UndiciOptions } from './undici-options.ts';

const owner = 'withUndici';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const millisecondsFrom1: OptionRule = {
  test: (value) => Number.isFinite(value) && Number(value) >= 1,
  expected: 'milliseconds from 1',
};

const isPem = (value: unknown): boolean =>
  isText(value) ||
  value instanceof Uint8Array ||
  typeof value === 'function' ||
  (isObject(value) && 'file' in value && isText(value.file));
const pem: OptionRule = { test: isPem, expected: 'PEM text, bytes, { file } or a function', isSecret: true };

const isProxyUrl = (value: unknown): boolean =>
  (isText(value) || value instanceof URL) && proxyProtocols.includes(URL.parse(String(value))?.protocol ?? '');

const tlsRule: OptionRule = { ...objectRule, isSecret: true };

const rules: OptionRules<UndiciOptions> = {
  dispatcher: methodsRule('a dispatcher of undici, such as an Agent', 'dispatch'),
  connections: countRule,
  pipelining: countRule,
  allowH2: booleanRule,
  connectTimeout: millisecondsFrom1,
  keepAliveTimeout: millisecondsFrom1,
  keepAliveMaxTimeout: millisecondsFrom1,
  tls: tlsRule,
  tlsRefreshInterval: millisecondsFrom1,
  proxy: {
    test: (value) => value === 'env' || isProxyUrl(value),
    expected: '"env", or a URL with http:, https: or socks5:',
    isSecret: true,
  },
  proxyTls: tlsRule,
  lookup: functionRule,
  addresses: {
    test: (value) => value === 'dns' || value === 'srv' || objectRule.test(value),
    expected: '"dns", "srv", or an object of options',
  },
  clock: clockRule,
};

const addressRules: OptionRules<AddressOptions> = {
  from: {
    test: (value) => value === 'dns' || value === 'srv' || typeof value === 'function',
    expected: '"dns", "srv" or a function',
  },
  refreshInterval: millisecondsFrom1,
  ejectFor: millisecondsFrom1,
  maxBadResponses: countRule,
};

const tlsRules: OptionRules<TlsOptions> = {
  ca: {
    test: (value) => isPem(value) || (Array.isArray(value) && value.every(isPem)),
    expected: `${pem.expected}, or a list of them`,
    isSecret: true,
  },
  cert: pem,
  key: pem,
  servername: { test: isText, expected: 'a host name', isSecret: true },
  rejectUnauthorized: booleanRule,
};

/**
 * Checks the options of `withUndici`: their names, types and combinations.
 *
 * @throws ConfigError naming the option; it never quotes a value
 */
export function checkUndiciOptions(options: UndiciOptions): void {
  checkOptions(options, rules, { owner });
  checkTls(options.tls, 'tls');
  checkTls(options.proxyTls, 'proxyTls');
  checkAddresses(options);
  const { dispatcher, proxy } = options;
  if (dispatcher !== undefined) return checkAlone(options);
  if (proxy === undefined) return checkWithoutProxy(options);
  if (options.lookup === undefined) return;
  throw new ConfigError('lookup', 'lookup has no effect with proxy: the proxy resolves the host names');
}

function checkAddresses({ addresses, proxy }: UndiciOptions): void {
  if (addresses === undefined) return;
  if (proxy !== undefined)
    throw new ConfigError('addresses', 'addresses has no effect with proxy: the proxy resolves the host names');
  if (typeof addresses === 'string') return;
  checkOptions(addresses, addressRules, { owner, within: 'addresses' });
  if (addresses.from === undefined)
    throw new ConfigError('addresses.from', `addresses.from must be ${addressRules.from.expected}`);
}

function checkTls(tls: TlsOptions | undefined, name: string): void {
  if (tls === undefined) return;
  checkOptions(tls, tlsRules, { owner, within: name });
  if ((tls.cert === undefined) === (tls.key === undefined)) return;
  const [missing, given] = tls.cert === undefined ? ['cert', 'key'] : ['key', 'cert'];
  throw new ConfigError(`${name}.${missing}`, `${name}.${missing} is missing: ${name}.${given} needs it`);
}

function checkAlone(options: UndiciOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (name === 'dispatcher' || name === 'clock' || value === undefined) continue;
    throw new ConfigError(name, `${name} has no effect with dispatcher: set it on the dispatcher`);
  }
}

function checkWithoutProxy({ proxyTls }: UndiciOptions): void {
  if (proxyTls === undefined) return;
  throw new ConfigError('proxyTls', 'proxyTls has no effect without proxy');
}
