import { Agent, EnvHttpProxyAgent, ProxyAgent } from 'undici';
import type { Dispatcher, buildConnector } from 'undici';
import type { TlsOptions, UndiciOptions } from './undici-options.ts';

/** Makes what keeps the connections. Clocks of its own it has only for making one: calls have the client's. */
export function createDispatcher(options: UndiciOptions): Dispatcher {
  const { proxy, lookup, tls, connectTimeout, allowH2 = false } = options;
  const trust = connectOptions(tls);
  const kept = { ...poolOptions(options), allowH2, headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === undefined) {
    const connect = { ...trust, ...(lookup !== undefined && { lookup }), ...timeoutOption(connectTimeout) };
    return new Agent({ ...kept, connect });
  }
  const behind = { ...kept, requestTls: trust, ...(connectTimeout !== undefined && { connectTimeout }) };
  return proxy === 'env' ? new EnvHttpProxyAgent(behind) : new ProxyAgent({ ...behind, uri: String(proxy) });
}

const timeoutOption = (timeout: number | undefined): { timeout?: number } => (timeout === undefined ? {} : { timeout });

/** Without what is not set: undici takes `undefined` for a wrong value. */
function poolOptions(options: UndiciOptions): Agent.Options {
  const { connections, pipelining, keepAliveTimeout, keepAliveMaxTimeout } = options;
  return {
    ...(connections !== undefined && { connections }),
    ...(pipelining !== undefined && { pipelining }),
    ...(keepAliveTimeout !== undefined && { keepAliveTimeout }),
    ...(keepAliveMaxTimeout !== undefined && { keepAliveMaxTimeout }),
  };
}

function connectOptions({
  ca,
  cert,
  key,
  servername,
  rejectUnauthorized,
}: TlsOptions = {}): buildConnector.BuildOptions {
  return {
    ...(ca !== undefined && { ca: isList(ca) ? ca.map(pem) : pem(ca) }),
    ...(cert !== undefined && { cert: pem(cert) }),
    ...(key !== undefined && { key: pem(key) }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

type Pem = string | Uint8Array;

/** `Array.isArray` does not see it in a readonly array. */
const isList = (pems: Pem | readonly Pem[]): pems is readonly Pem[] => Array.isArray(pems);

const pem = (text: Pem): string | Buffer => (typeof text === 'string' ? text : Buffer.from(text));
