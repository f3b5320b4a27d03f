import { isClientError } from '@bearings/client';
import { isSecure } from '@bearings/client/layer';
import { JSON_ATTRIBUTE_COMPARISON, OperationProcessingError, processDiscoveryResponse } from 'oauth4webapi';
import type { AuthorizationServer } from 'oauth4webapi';
import { DiscoveryUnavailableError, InvalidMetadataError, IssuerMismatchError } from './errors.ts';

/** An authorization server's metadata (RFC 8414 §2, OIDC Discovery 1.0 §3), with a token endpoint that may be called. */
export type ServerMetadata = Readonly<AuthorizationServer> & { readonly token_endpoint: string };

/** What a metadata document is held against. */
export interface Expected {
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
export async function readMetadata(response: Response, expected: Expected): Promise<ServerMetadata> {
  const { url } = expected;
  const text = await readText(response, url);
  if (response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new InvalidMetadataError(url, 'its content-type is not application/json');
  }
  const metadata = await parse(text, expected);
  if (metadata.issuer !== expected.issuerUrl) throw new IssuerMismatchError(url, expected.issuerUrl, metadata.issuer);
  const methods: unknown = metadata.token_endpoint_auth_methods_supported;
  if (methods !== undefined && !(Array.isArray(methods) && methods.every((each) => typeof each === 'string'))) {
    throw new InvalidMetadataError(url, 'token_endpoint_auth_methods_supported is not a list of names');
  }
  return Object.freeze({ ...metadata, token_endpoint: tokenEndpointOf(metadata, expected) });
}

async function readText(response: Response, url: string): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    if (isClientError(cause, 'BODY_TOO_LARGE')) {
      throw new InvalidMetadataError(url, `it is larger than ${cause.limitBytes} bytes`);
    }
    throw new DiscoveryUnavailableError(url, cause);
  }
}

/** oauth4webapi compares issuers as URLs; the exact comparison comes after. Its errors hold the document. */
async function parse(text: string, { issuerUrl, url }: Expected): Promise<AuthorizationServer> {
  try {
    const response = new Response(text, { headers: { 'content-type': 'application/json' } });
    return await processDiscoveryResponse(new URL(issuerUrl), response);
  } catch (cause) {
    if (cause instanceof OperationProcessingError && cause.code === JSON_ATTRIBUTE_COMPARISON) {
      throw new IssuerMismatchError(url, issuerUrl, issuerIn(text));
    }
    throw new InvalidMetadataError(url, 'it is not a JSON object with an issuer');
  }
}

function issuerIn(text: string): string {
  const { issuer }: { issuer?: unknown } = JSON.parse(text);
  return String(issuer);
}

function tokenEndpointOf({ token_endpoint: endpoint }: AuthorizationServer, expected: Expected): string {
  const { url, insecureHttp } = expected;
  if (typeof endpoint !== 'string') throw new InvalidMetadataError(url, 'token_endpoint is missing');
  const parsed = URL.parse(endpoint);
  if (parsed === null) throw new InvalidMetadataError(url, 'token_endpoint is not an absolute URL');
  if (!isSecure(parsed) && !(insecureHttp && parsed.protocol === 'http:')) {
    throw new InvalidMetadataError(url, 'token_endpoint is not https');
  }
  if (parsed.username !== '' || parsed.password !== '' || endpoint.includes('#')) {
    throw new InvalidMetadataError(url, 'token_endpoint carries a user or a fragment');
  }
  return endpoint;
}
