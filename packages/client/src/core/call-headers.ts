import { HeaderValidator } from '../security/header-validator.ts';
import type { ClientRequest } from './request.ts';

interface Header {
  readonly name: string;
  value: string;
}

/**
 * The headers that stages add to a call, and which of them are credentials.
 *
 * They are kept beside the request, because errors hold the request, and printing a request prints its headers. The
 * transport sends both. Names are compared in lower case.
 */
export class CallHeaders {
  readonly #validator: HeaderValidator;
  #added: Header[] = [];
  #credentialNames: string[] = [];
  #credentialValues: string[] | undefined;
  #dropped: readonly Header[] | undefined;

  /** @param validator - remembers valid headers between calls: a token is the same for many. Default: a new one. */
  constructor(validator: HeaderValidator = new HeaderValidator()) {
    this.#validator = validator;
  }

  /**
   * Sends a header with the request. It replaces the request's own header of that name.
   *
   * @throws InvalidHeaderError without showing the value
   */
  set(name: string, value: string): void {
    this.#validator.assertValid(name, value);
    const lower = name.toLowerCase();
    for (const each of this.#added) {
      if (each.name !== lower) continue;
      each.value = value;
      return;
    }
    this.#added.push({ name: lower, value });
  }

  /** Like {@link set}, for a header that must not leave the origin it is meant for. */
  setCredential(name: string, value: string): void {
    this.set(name, value);
    this.markCredential(name);
    if (this.#credentialValues === undefined) this.#credentialValues = [value];
    else if (!this.#credentialValues.includes(value)) this.#credentialValues.push(value);
  }

  /** Keeps a header of the request itself from other origins too. */
  markCredential(name: string): void {
    const lower = name.toLowerCase();
    if (!this.#credentialNames.includes(lower)) this.#credentialNames.push(lower);
  }

  /** True when a stage has set this header and it has not been removed since. */
  has(name: string): boolean {
    const lower = name.toLowerCase();
    for (const each of this.#added) if (each.name === lower) return true;
    return false;
  }

  /** Removes headers that stages have set. */
  delete(names: readonly string[]): void {
    const lower = names.map((name) => name.toLowerCase());
    this.#remove(lower);
    this.#credentialNames = this.#credentialNames.filter((name) => !lower.includes(name));
  }

  /** The values of all credentials that the call has had: what must not be shown of the response. */
  credentialValues(): readonly string[] {
    return [...(this.#credentialValues ?? [])];
  }

  /**
   * Removes the credentials, and headers of these names, for this attempt: the request goes on to another origin.
   *
   * @returns the names of all headers that must not go along
   */
  dropCredentials(names: readonly string[] = []): readonly string[] {
    const all = [...new Set([...this.#credentialNames, ...names])];
    const credentials = this.#added.filter(({ name }) => this.#credentialNames.includes(name));
    this.#dropped = [...(this.#dropped ?? []), ...credentials];
    this.#remove(all); // their names stay: the next attempt may be redirected too
    return all;
  }

  /** Puts back the credentials that the last attempt dropped: the next one begins at the first origin. */
  restoreCredentials(): void {
    for (const { name, value } of this.#dropped ?? []) this.setCredential(name, value);
    this.#dropped = undefined;
  }

  /** Takes over all that another call has, such as one that was sent for this one. */
  adopt(other: CallHeaders): void {
    this.#added = other.#added.map((each) => ({ ...each }));
    this.#credentialNames = [...other.#credentialNames];
    this.#credentialValues = [...new Set([...(this.#credentialValues ?? []), ...(other.#credentialValues ?? [])])];
    this.#dropped = other.#dropped;
  }

  /** The request's headers with those of the stages over them, as new Headers. */
  mergeWith(request: ClientRequest): Headers {
    const headers = request.copyHeaders();
    for (const { name, value } of this.#added) headers.set(name, value);
    return headers;
  }

  /** Visits each header of {@link mergeWith}, its name in lower case, without making Headers. */
  forEach(request: ClientRequest, visit: (name: string, value: string) => void): void {
    if (request.hasHeaders) for (const [name, value] of request.headers) if (!this.has(name)) visit(name, value);
    for (const { name, value } of this.#added) visit(name, value);
  }

  #remove(names: readonly string[]): void {
    this.#added = this.#added.filter(({ name }) => !names.includes(name));
  }
}
