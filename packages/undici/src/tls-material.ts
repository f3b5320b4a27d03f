import { ConfigError } from '@bearings/client/errors';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Pem, PemSource, TlsOptions, UndiciOptions } from './undici-options.ts';

/** The options of a TLS connection, with all files and functions read. */
interface TlsMaterial {
  readonly ca?: (string | Buffer)[];
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** What the connections of a layer need. */
export interface TlsMaterials {
  readonly tls: TlsMaterial;
  /** `undefined` when nothing is set. */
  readonly proxyTls: TlsMaterial | undefined;
}

/** True when a certificate or key is a file or function, and so may change. */
export const isDynamic = ({ tls, proxyTls }: UndiciOptions): boolean =>
  [tls, proxyTls]
    .flatMap((each) => [each?.ca, each?.cert, each?.key].flat())
    .some((source) => source !== undefined && !isPem(source));

/**
 * Reads all files and functions.
 *
 * @throws ConfigError when one cannot be read, or certificate and key do not belong together
 */
export async function readMaterials({ tls, proxyTls }: UndiciOptions): Promise<TlsMaterials> {
  return {
    tls: await readMaterial(tls ?? {}, 'tls'),
    proxyTls: proxyTls && (await readMaterial(proxyTls, 'proxyTls')),
  };
}

/** True when both have the same certificates and keys. */
export const isSameMaterials = (one: TlsMaterials, other: TlsMaterials): boolean => toText(one) === toText(other);

const toText = ({ tls, proxyTls }: TlsMaterials): string =>
  [tls, proxyTls].flatMap((each) => [...(each?.ca ?? []), '', each?.cert, each?.key]).join('\0');

/** The SHA-256 thumbprint of the client certificate, as base64url (RFC 8705 §3.1): that of the key, which is the first of a chain. */
export function thumbprint({ tls }: TlsMaterials): string {
  const { fingerprint256 } = new X509Certificate(tls.cert ?? '');
  return Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
}

async function readMaterial(options: TlsOptions, name: string): Promise<TlsMaterial> {
  const { cert, key, servername, rejectUnauthorized } = options;
  const ca: (string | Buffer)[] = [];
  for (const each of toList(options.ca)) ca.push(await readPem(each, `${name}.ca`));
  const material = {
    ...(ca.length > 0 && { ca }),
    ...(cert !== undefined && { cert: await readPem(cert, `${name}.cert`) }),
    ...(key !== undefined && { key: await readPem(key, `${name}.key`) }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
  checkUsable(material, name);
  return material;
}

function toList(sources: TlsOptions['ca']): readonly PemSource[] {
  if (sources === undefined) return [];
  return isList(sources) ? sources : [sources];
}

/** `Array.isArray` does not recognise a readonly array. */
const isList = (sources: PemSource | readonly PemSource[]): sources is readonly PemSource[] => Array.isArray(sources);

const isPem = (source: unknown): source is Pem => typeof source === 'string' || source instanceof Uint8Array;

async function readPem(source: PemSource, field: string): Promise<string | Buffer> {
  if (isPem(source)) return toPem(source);
  return typeof source === 'function' ? callSource(source, field) : readSource(source.file, field);
}

async function callSource(source: () => unknown, field: string): Promise<string | Buffer> {
  let pem: unknown;
  try {
    pem = await source();
  } catch {
    throw new ConfigError(field, `The function in ${field} failed`); // its message may quote the key
  }
  if (isPem(pem) && pem.length > 0) return toPem(pem);
  throw new ConfigError(field, `The function in ${field} must return PEM text or bytes`);
}

async function readSource(file: string, field: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ConfigError(field, `The file in ${field} cannot be read: ${file} (${codeOrUnknown(cause)})`);
  }
}

const toPem = (pem: Pem): string | Buffer => (typeof pem === 'string' ? pem : Buffer.from(pem));

function checkUsable({ ca, cert, key }: TlsMaterial, name: string): void {
  try {
    createSecureContext({ ca, cert, key });
  } catch (cause) {
    throw new ConfigError(name, `${name}: certificate, key and CA cannot be used together: ${codeOrUnknown(cause)}`);
  }
}

const codeOrUnknown = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : 'no valid PEM';
