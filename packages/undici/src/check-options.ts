import { ConfigError } from '@bearings/client/errors';
import { closestName } from './closest-name.ts';
import { proxyProtocols } from './proxy-dispatcher.ts';
import type { TlsOptions, UndiciOptions } from './undici-options.ts';

interface Rule {
  readonly test: (value: unknown) => boolean;
  readonly expected: string;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const count: Rule = {
  test: (value) => Number.isInteger(value) && Number(value) >= 1,
  expected: 'a whole number from 1',
};
const milliseconds: Rule = {
  test: (value) => Number.isFinite(value) && Number(value) >= 1,
  expected: 'milliseconds from 1',
};
const boolean: Rule = { test: (value) => typeof value === 'boolean', expected: 'true or false' };
const object: Rule = { test: isObject, expected: 'an object' };

const isPem = (value: unknown): boolean =>
  isText(value) ||
  value instanceof Uint8Array ||
  isFunction(value) ||
  (isObject(value) && 'file' in value && isText(value.file));
const pem: Rule = { test: isPem, expected: 'PEM text, bytes, { file } or a function' };

const isProxyUrl = (value: unknown): boolean =>
  (isText(value) || value instanceof URL) && proxyProtocols.includes(URL.parse(String(value))?.protocol ?? '');

const rules: Readonly<Record<keyof UndiciOptions, Rule>> = {
  dispatcher: {
    test: (value) => isObject(value) && 'dispatch' in value && isFunction(value.dispatch),
    expected: 'a dispatcher of undici, such as an Agent',
  },
  connections: count,
  pipelining: count,
  allowH2: boolean,
  connectTimeout: milliseconds,
  keepAliveTimeout: milliseconds,
  keepAliveMaxTimeout: milliseconds,
  tls: object,
  tlsRefreshInterval: milliseconds,
  proxy: {
    test: (value) => value === 'env' || isProxyUrl(value),
    expected: '"env", or a URL with http:, https: or socks5:',
  },
  proxyTls: object,
  lookup: { test: isFunction, expected: 'a function' },
  clock: {
    test: (value) => isObject(value) && 'monotonic' in value && 'schedule' in value,
    expected: 'a Clock',
  },
};

const tlsRules: Readonly<Record<keyof TlsOptions, Rule>> = {
  ca: {
    test: (value) => isPem(value) || (Array.isArray(value) && value.every(isPem)),
    expected: `${pem.expected}, or a list of them`,
  },
  cert: pem,
  key: pem,
  servername: { test: isText, expected: 'a host name' },
  rejectUnauthorized: boolean,
};

/**
 * Checks the options of `withUndici`: their names, types and combinations.
 *
 * @throws ConfigError naming the option; it never quotes a value
 */
export function checkOptions(options: UndiciOptions): void {
  if (!isObject(options)) throw new ConfigError('options', 'withUndici takes an object of options');
  checkAll(options, rules, '');
  checkTls(options.tls, 'tls');
  checkTls(options.proxyTls, 'proxyTls');
  const { dispatcher, proxy } = options;
  if (dispatcher !== undefined) return checkAlone(options);
  if (proxy === undefined) return checkWithoutProxy(options);
  if (options.lookup === undefined) return;
  throw new ConfigError('lookup', 'lookup has no effect with proxy: the proxy resolves the host names');
}

function checkAll(options: object, known: Readonly<Record<string, Rule>>, prefix: string): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined) throw unknownOption(name, Object.keys(known), prefix);
    if (value === undefined || rule.test(value)) continue;
    const field = `${prefix}${name}`;
    throw new ConfigError(field, `${field} must be ${rule.expected}, not ${describe(value)}`);
  }
}

/** A number or boolean as it is; of all else the type, because it may be a secret. */
function describe(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function unknownOption(name: string, names: readonly string[], prefix: string): ConfigError {
  const closest = closestName(name, names);
  const help = closest === undefined ? `The options are ${names.join(', ')}` : `Did you mean ${prefix}${closest}?`;
  return new ConfigError(`${prefix}${name}`, `withUndici has no option ${prefix}${name}. ${help}`);
}

function checkTls(tls: TlsOptions | undefined, name: string): void {
  if (tls === undefined) return;
  checkAll(tls, tlsRules, `${name}.`);
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
