import { ClientFailure } from './client-failure.ts';

/** An option of a client, layer or call is wrong. Thrown before anything is sent. */
export class ConfigError extends ClientFailure {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG';
  /** The name of the wrong option. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** The URL is malformed, has no origin, or contains a user and password. */
export class InvalidUrlError extends ClientFailure {
  override readonly name = 'InvalidUrlError';
  readonly code = 'INVALID_URL';
}

/** The URL's scheme is not allowed. Allowed are https, http on loopback, and http with `insecureHttp`. */
export class InvalidSchemeError extends ClientFailure {
  override readonly name = 'InvalidSchemeError';
  readonly code = 'INVALID_SCHEME';
  readonly origin: string;

  constructor(url: URL) {
    super(
      `${url.protocol}//${url.host} is not allowed: only https, and http on loopback. Set insecureHttp: true to allow http`,
    );
    this.origin = url.origin;
  }
}

/** A header has a name or value that HTTP does not allow. The message does not contain the value. */
export class InvalidHeaderError extends ClientFailure {
  override readonly name = 'InvalidHeaderError';
  readonly code = 'INVALID_HEADER';
  readonly header: string;

  constructor(header: string) {
    super(`The header ${JSON.stringify(header)} has a name or value that HTTP does not allow`);
    this.header = header;
  }
}
