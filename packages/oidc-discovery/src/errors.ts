import { isBearingsError } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';

abstract class Failure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'oidc-discovery';
}

/** An answer at one of the places where the metadata may be. */
export interface MetadataAnswer {
  readonly url: string;
  readonly status: number;
  /** Where a redirect leads, without its query. */
  readonly redirectsTo?: string | undefined;
}

/** Whose metadata is discovered: that of an issuer, or that of a protected resource. */
export type MetadataOwner = 'issuer' | 'resource';

/** None of the metadata locations answered with 200. */
export class DiscoveryHttpError extends Failure {
  override readonly name = 'DiscoveryHttpError';
  readonly code = 'DISCOVERY_HTTP';
  override readonly retryable: boolean;
  /** The status of the last location. */
  readonly status: number;
  /** The locations that were requested, in order. */
  readonly tried: readonly string[];
  /** Where the last location redirects to, without its query, when that is another origin. */
  readonly redirectsTo: string | undefined;

  constructor(answers: readonly MetadataAnswer[], owner: MetadataOwner = 'issuer') {
    const { status = 0, redirectsTo } = answers.at(-1) ?? {};
    const redirect = describeRedirect(redirectsTo, owner);
    super(`${describeAnswers(answers)}, where the ${owner}'s metadata should be${redirect}`);
    this.status = status;
    this.tried = answers.map(({ url }) => url);
    this.redirectsTo = redirectsTo;
    this.retryable = status === 408 || status === 429 || (status >= 500 && status !== 501);
  }
}

function describeAnswers(answers: readonly MetadataAnswer[]): string {
  const [first] = answers;
  const isSame = answers.every(({ status }) => status === first?.status);
  if (isSame) return `${answers.map(({ url }) => url).join(' and ')} answered ${first?.status}`;
  return answers.map(({ url, status }) => `${url} answered ${status}`).join(' and ');
}

function describeRedirect(redirectsTo: string | undefined, owner: MetadataOwner): string {
  if (redirectsTo === undefined) return '';
  return (
    `. It redirects to ${redirectsTo}, which is not followed. If the ${owner} has moved there, change ${owner}Url; ` +
    'if only its metadata is there, set metadataUrl'
  );
}

/** The response is not usable as metadata. */
export class InvalidMetadataError extends Failure {
  override readonly name = 'InvalidMetadataError';
  readonly code = 'INVALID_METADATA';
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
  /** Where the metadata came from. */
  readonly url: string;
  /** The issuer in the metadata, cut after 200 characters. */
  readonly found: string;

  constructor(url: string, expected: string, found: string) {
    const hint = found.includes('{tenantid}') ? ". Write the tenant's id in the issuer URL" : ''; // Microsoft Entra
    super(
      `The metadata at ${url} names the issuer ${JSON.stringify(found.slice(0, 200))}, and the config ${JSON.stringify(expected)}: they must be equal, character by character${hint}`,
    );
    this.expected = expected;
    this.url = url;
    this.found = found.slice(0, 200);
  }
}

type DiscoveryField = 'issuerUrl' | 'resourceUrl' | 'metadataUrl' | 'network';

/** The URL of the issuer, the resource or the metadata is not valid. Nothing was sent. */
export class DiscoveryConfigError extends Failure {
  override readonly name = 'DiscoveryConfigError';
  readonly code = 'DISCOVERY_CONFIG';
  readonly field: DiscoveryField;

  constructor(field: DiscoveryField, message: string) {
    super(message);
    this.field = field;
  }
}

/** No usable HTTP response: DNS, connect, TLS, reset, timeout. */
export class DiscoveryUnavailableError extends Failure {
  override readonly name = 'DiscoveryUnavailableError';
  readonly code = 'DISCOVERY_UNAVAILABLE';
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

/** True for an error of this package. */
export function isDiscoveryError(value: unknown): value is DiscoveryError {
  return isBearingsError(value) && value.source === 'oidc-discovery';
}

declare module '@bearings/client/errors' {
  interface ErrorsByPackage {
    'oidc-discovery': DiscoveryError;
  }
}
