import { SecretString } from '../secret-string.ts';

const redacted = '[REDACTED]';

/**
 * The members of a token response besides the access token (RFC 6749 §5.1). Printing it shows no value: they may be
 * secrets.
 */
export class TokenExtras {
  static {
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => redacted });
  }

  readonly #members: Readonly<Record<string, unknown>>;

  constructor(response: Readonly<Record<string, unknown>>) {
    this.#members = response;
  }

  get refreshToken(): SecretString | undefined {
    return this.#secret('refresh_token');
  }

  /** The ID token (OpenID Connect Core §3.1.3.3). It is not validated. */
  get idToken(): SecretString | undefined {
    return this.#secret('id_token');
  }

  /** A member as the server sent it, unchecked. The access token is not one of them. */
  get(name: string): unknown {
    return name !== 'access_token' && Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  toJSON(): string {
    return redacted;
  }

  #secret(name: string): SecretString | undefined {
    const value = this.get(name);
    return typeof value === 'string' && value !== '' ? new SecretString(value) : undefined;
  }
}
