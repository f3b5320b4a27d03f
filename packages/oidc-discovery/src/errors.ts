import { BearingsError } from '@bearings/client/errors';

abstract class Failure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'oidc-discovery';
}

/** The issuer's metadata location answered with a status other than 200. */
export class DiscoveryHttpError extends Failure {
  override readonly name = 'DiscoveryHttpError';
  readonly code = 'HTTP';
  override readonly retryable: boolean;
  readonly status: number;
  /** The locations that were requested, in order. */
  readonly tried: readonly string[];

  constructor(status: number, tried: readonly string[]) {
    super(`${tried.join(' and ')} answered ${status}, where the issuer's metadata should be`);
    this.status = status;
    this.tried = tried;
    this.retryable = status === 408 || status === 429 || (status >= 500 && status !== 501);
  }
}

/** The response is not usable as metadata. */
export class InvalidMetadataError extends Failure {
  override readonly name = 'InvalidMetadataError';
  readonly code = 'INVALID_RESPONSE';
  readonly url: string;

  constructor(url: string, reason: string) {
    super(`The metadata at ${url} is not usable: ${reason}`);
    this.url = url;
  }
}

/** The metadata belongs to another issuer (OIDC Discovery 1.0 §4.3, RFC 8414 §3.3): its endpoints cannot be trusted. */
export class IssuerMismatchError extends Failure {
  override readonly name = 'IssuerMismatchError';
  readonly code = 'ISSUER_MISMATCH';
  readonly expected: string;

  constructor(url: string, expected: string, found: string) {
    super(
      `The metadata at ${url} names the issuer ${JSON.stringify(found.slice(0, 200))}; it must be ${JSON.stringify(expected)}, character by character`,
    );
    this.expected = expected;
  }
}

/** The issuer URL is not valid. Nothing was sent. */
export class DiscoveryConfigError extends Failure {
  override readonly name = 'DiscoveryConfigError';
  readonly code = 'CONFIG';
}

/** No usable HTTP response: DNS, connect, TLS, reset, timeout. */
export class DiscoveryUnavailableError extends Failure {
  override readonly name = 'DiscoveryUnavailableError';
  readonly code = 'UNAVAILABLE';
  /** False when the server's certificate is not acceptable. */
  override readonly retryable: boolean;
  readonly url: string;

  constructor(url: string, cause: unknown) {
    const client = cause instanceof BearingsError ? cause : undefined;
    super(
      `No metadata from ${url}: ${client?.message ?? 'the response broke off'}`,
      client === undefined ? undefined : { cause: client },
    );
    this.url = url;
    this.retryable = client?.code !== 'TLS';
  }
}

/** Why discovery failed. Narrow it by `code`. */
export type DiscoveryError =
  | DiscoveryHttpError
  | InvalidMetadataError
  | IssuerMismatchError
  | DiscoveryConfigError
  | DiscoveryUnavailableError;
