import { inspect } from 'node:util';

/** The parameters that are not secrets. */
const safeParams = new Set(['grant_type', 'client_id', 'scope', 'audience', 'resource', 'token_type_hint']);

export interface LoggedRequestContext {
  readonly endpoint: string;
  readonly at: number;
  readonly request: Request;
  readonly body: Uint8Array;
  readonly status: () => number | undefined;
}

/** A request that a fake server received. It prints without header values and secrets. */
export class LoggedRequest {
  /** An endpoint of an issuer, such as `token`; the route of an API. */
  readonly endpoint: string;
  /** When it arrived, by the clock of the server, in milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #body: Uint8Array;
  readonly #status: () => number | undefined;

  constructor({ endpoint, at, request, body, status }: LoggedRequestContext) {
    this.endpoint = endpoint;
    this.at = at;
    this.method = request.method;
    this.#url = request.url;
    this.#headers = new Headers(request.headers);
    this.#body = body;
    this.#status = status;
  }

  /** The status of the response. `undefined` until the response is sent. */
  get status(): number | undefined {
    return this.#status();
  }

  /** The full URL. */
  get url(): string {
    return this.#url;
  }

  /** The body as text. */
  text(): string {
    return new TextDecoder().decode(this.#body);
  }

  /** The value of a header as it was sent. */
  header(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined;
  }

  /** The values of a form parameter, as they were sent. */
  params(name: string): readonly string[] {
    return new URLSearchParams(this.text()).getAll(name);
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const { endpoint, at, method, status } = this;
    return { endpoint, at, method, path: new URL(this.#url).pathname, status, params: this.#shownParams() };
  }

  #shownParams(): Readonly<Record<string, string>> | undefined {
    if (!this.header('content-type')?.startsWith('application/x-www-form-urlencoded')) return undefined;
    const shown = [...new URLSearchParams(this.text())].map(([name, value]) => [
      name,
      safeParams.has(name) ? value : '[REDACTED]',
    ]);
    return Object.fromEntries(shown);
  }

  static {
    Object.defineProperty(this.prototype, inspect.custom, {
      value(this: LoggedRequest): unknown {
        return this.toJSON();
      },
    });
  }
}
