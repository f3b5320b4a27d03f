import { isSecure } from '@bearings/client/layer';
import { InvalidMetadataError, IssuerMismatchError } from './errors.ts';
import { readDocument } from './read-document.ts';
import type { Document } from './read-document.ts';

/**
 * An authorization server's metadata (RFC 8414 §2, OIDC Discovery 1.0 §3). The members named here are checked, the others
 * are as the server sent them.
 */
export interface ServerMetadata {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly [member: string]: unknown;
}

/** What a metadata document is compared with. */
export interface MetadataContext {
  readonly issuerUrl: string;
  readonly insecureHttp: boolean;
  /** Where it came from, for errors. */
  readonly url: string;
}

/**
 * Reads and checks a metadata document. Errors never quote it.
 *
 * @throws InvalidMetadataError | IssuerMismatchError | DiscoveryUnavailableError
 */
export async function readMetadata(response: Response, context: MetadataContext): Promise<ServerMetadata> {
  const { url, issuerUrl } = context;
  const document = await readDocument(response, url);
  const { issuer, token_endpoint_auth_methods_supported: methods, ...others } = document ?? {};
  if (typeof issuer !== 'string') throw new InvalidMetadataError(url, 'it is not a JSON object with an issuer');
  if (issuer !== issuerUrl) throw new IssuerMismatchError(url, issuerUrl, issuer);
  const isAbsent = methods === undefined || methods === null;
  const authMethods = isAbsent ? {} : { token_endpoint_auth_methods_supported: readMethods(methods, url) };
  return Object.freeze({
    ...others,
    ...authMethods,
    issuer,
    token_endpoint: readTokenEndpoint(document ?? {}, context),
  });
}

function readMethods(methods: unknown, url: string): readonly string[] {
  if (Array.isArray(methods) && methods.every((each) => typeof each === 'string')) return methods;
  throw new InvalidMetadataError(url, 'token_endpoint_auth_methods_supported is not a list of names');
}

function readTokenEndpoint({ token_endpoint: endpoint }: Document, context: MetadataContext): string {
  const { url, insecureHttp } = context;
  if (typeof endpoint !== 'string') throw new InvalidMetadataError(url, 'token_endpoint is missing');
  const parsed = URL.parse(endpoint);
  if (parsed === null) throw new InvalidMetadataError(url, 'token_endpoint is not an absolute URL');
  if (!isSecure(parsed) && !(insecureHttp && parsed.protocol === 'http:')) {
    throw new InvalidMetadataError(url, 'token_endpoint is not https');
  }
  if (parsed.username !== '' || parsed.password !== '' || endpoint.includes('#')) {
    throw new InvalidMetadataError(url, 'token_endpoint contains a user or a fragment');
  }
  return endpoint;
}
