import { orThrow } from '@bearings/client';
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PemSource, UndiciLayer } from '@bearings/undici';
import type { Config } from '../load-config.ts';
import type { NetworkConfig } from '../schema/network-schema.ts';

/**
 * Creates the network that a config describes, for clients and tokens. The caller closes it.
 *
 * Certificates and keys are read again when their files change. The password of the proxy is read now.
 *
 * @throws InvalidConfigError when the password cannot be read
 * @throws ConfigError when the runtime has no undici
 */
export async function createNetwork(config: Pick<Config, 'readSecret'>, network: NetworkConfig): Promise<UndiciLayer> {
  const { withUndici } = await import('@bearings/undici'); // only a config with `network` needs it
  const { caFile, certFile, keyFile } = network;
  const proxy = await readProxy(config, network);
  const ca = caFile === undefined ? {} : { ca: { file: caFile } };
  const cert = certFile === undefined ? {} : { cert: { file: certFile } };
  const key = keyFile === undefined ? {} : { key: keySource(config, network, keyFile) };
  const hasProxyTls = proxy !== undefined && !proxy.startsWith('socks5:') && caFile !== undefined;
  return withUndici({
    tls: { ...ca, ...cert, ...key },
    ...(proxy !== undefined && { proxy }),
    ...(hasProxyTls && { proxyTls: ca }),
  });
}

async function readProxy(
  { readSecret }: Pick<Config, 'readSecret'>,
  { proxy, proxyUser, proxyPasswordRef }: NetworkConfig,
): Promise<string | undefined> {
  if (proxy === undefined || proxyUser === undefined || proxyPasswordRef === undefined) return proxy;
  const password = await orThrow(readSecret(proxyPasswordRef));
  const url = new URL(proxy);
  url.username = encodeURIComponent(proxyUser);
  url.password = encodeURIComponent(password.expose());
  return url.href;
}

function keySource(
  { readSecret }: Pick<Config, 'readSecret'>,
  { keyPassphraseRef }: NetworkConfig,
  file: string,
): PemSource {
  if (keyPassphraseRef === undefined) return { file };
  return async () => {
    const passphrase = await orThrow(readSecret(keyPassphraseRef));
    const key = createPrivateKey({ key: await readFile(file), passphrase: passphrase.expose() });
    return key.export({ type: 'pkcs8', format: 'pem' });
  };
}
