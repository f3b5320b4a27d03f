import { ClientFailure } from './client-failure.ts';

/** A client, layer or call was described wrongly. Thrown before anything is sent. */
export class ConfigError extends ClientFailure {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG';
  /** The option that is wrong. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** The URL cannot be called: it is no URL, has no origin, or carries user and password. */
export class InvalidUrlError extends ClientFailure {
  override readonly name = 'InvalidUrlError';
  readonly code = 'INVALID_URL';
}

/** The URL's scheme is not allowed: https, http on loopback, or http where the client was made with `insecureHttp`. */
export class InvalidSchemeError extends ClientFailure {
  override readonly name = 'InvalidSchemeError';
  readonly code = 'INVALID_SCHEME';
  readonly origin: string;

  constructor(url: URL) {
    super(
      `${url.protocol}//${url.host} is not called: https only (http on loopback apart). Set insecureHttp: true to allow http`,
    );
    this.origin = url.origin;
  }
}

/** A header cannot be sent: its name or value has characters HTTP does not allow. The value is not shown. */
export class InvalidHeaderError extends ClientFailure {
  override readonly name = 'InvalidHeaderError';
  readonly code = 'INVALID_HEADER';
  readonly header: string;

  constructor(header: string) {
    super(`The header ${JSON.stringify(header)} has a name or value that HTTP does not allow`);
    this.header = header;
  }
}
