import { isReplayable, ownContentType } from '../body/request-body.ts';
import type { RequestBody } from '../body/request-body.ts';

/** `fetch`'s options besides method, headers, body and signal, and a transport's own, such as `dispatcher`. */
export interface FetchOptions extends Readonly<
  Pick<
    RequestInit,
    'cache' | 'credentials' | 'integrity' | 'keepalive' | 'mode' | 'redirect' | 'referrer' | 'referrerPolicy'
  >
> {
  readonly [name: string]: unknown;
}

/** Headers to read. To change those of a request, use {@link ClientRequest.copyHeaders}, or the headers of the call. */
export type ReadonlyHeaders = Omit<Headers, 'append' | 'delete' | 'set'>;

/** What a request is made of. */
export interface RequestParts {
  /** Absolute. */
  readonly url: string;
  readonly method: string;
  /** Kept, not copied: do not change them afterwards. Default: none. */
  readonly headers?: Headers | undefined;
  readonly body?: RequestBody | undefined;
  /** Default: none. */
  readonly fetchOptions?: FetchOptions | undefined;
}

/**
 * The request that stages see. It is immutable: {@link with} makes another one.
 *
 * It is not the platform's Request, which takes longer to make than all stages together. A layer that needs that one
 * calls {@link toRequest}.
 */
export class ClientRequest {
  readonly url: string;
  readonly method: string;
  /** Text, bytes, a form or a Blob, sent from itself in each attempt; or a stream, sent once; `undefined` for none. */
  readonly body: RequestBody | undefined;
  /** What else goes to `fetch`; `undefined` for an ordinary request. */
  readonly fetchOptions: FetchOptions | undefined;
  /** True when the request can be sent again: it has no body, or one that is not a stream. */
  readonly canReplay: boolean;
  #headers: Headers | undefined;
  #platform: Request | undefined;

  /** @param platform - the Request that this one was made from, if there is one: {@link toRequest} returns it */
  constructor({ url, method, headers, body, fetchOptions }: RequestParts, platform?: Request) {
    this.url = url;
    this.method = method;
    this.body = body;
    this.fetchOptions = fetchOptions;
    this.canReplay = body === undefined || isReplayable(body);
    this.#headers = body === undefined ? headers : withContentType(headers, body);
    this.#platform = platform;
  }

  /** The request's own headers. The stages' headers are on the call, and go over these. */
  get headers(): ReadonlyHeaders {
    return (this.#headers ??= new Headers());
  }

  /** True when there are headers. Cheaper than looking into {@link headers}. */
  get hasHeaders(): boolean {
    return this.#headers !== undefined;
  }

  /** True when the request has this header. Makes no Headers to find out. */
  hasHeader(name: string): boolean {
    return this.#headers?.has(name) === true;
  }

  /** New Headers with those of the request, to change and to pass to {@link with}. */
  copyHeaders(): Headers {
    return new Headers(this.#headers);
  }

  /**
   * The same request with some parts replaced. `body: undefined` removes the body. A new body without new headers drops
   * `content-length`; `content-type` stays.
   */
  with(changes: Partial<RequestParts>): ClientRequest {
    const { url, method, body, fetchOptions } = this;
    const parts: RequestParts = { url, method, headers: this.#headers, body, fetchOptions, ...changes };
    if (!('body' in changes) || changes.headers !== undefined || !this.hasHeader('content-length')) {
      return new ClientRequest(parts);
    }
    const headers = this.copyHeaders();
    headers.delete('content-length');
    return new ClientRequest({ ...parts, headers });
  }

  /**
   * The same as a Request of the platform, made on first use and kept. The headers that stages add are not on it.
   *
   * Reading its body uses up a body that is a stream.
   */
  toRequest(): Request {
    const { url, method, body, fetchOptions } = this;
    this.#platform ??= new Request(url, {
      ...fetchOptions,
      method,
      headers: withoutBoundary(this.copyHeaders(), body),
      body: body ?? null,
      duplex: 'half',
    });
    return this.#platform;
  }
}

/** The headers of a request with this body: of a form only the sender can name the boundary, so it writes the type. */
export function withoutBoundary(headers: Headers, body: RequestBody | undefined): Headers {
  if (body instanceof FormData) headers.delete('content-type');
  return headers;
}

function withContentType(headers: Headers | undefined, body: RequestBody): Headers | undefined {
  if (headers?.has('content-type') === true) return headers;
  const type = ownContentType(body);
  if (type === '') return headers;
  const typed = new Headers(headers);
  typed.set('content-type', type);
  return typed;
}
