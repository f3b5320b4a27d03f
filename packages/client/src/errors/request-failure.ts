import { parseOrigin } from '../security/url.ts';
import { ClientFailure } from './client-failure.ts';
import { guessTemplate } from './path-template.ts';

/** The request that failed; only its origin, or a name, where there is no request. */
export type FailedRequest = { readonly method: string; readonly url: string } | string;

/** A request failed. The message begins with its method, origin and path. */
export abstract class RequestFailure extends ClientFailure {
  readonly origin: string;
  /** Absent where only the origin is known. */
  readonly method: string | undefined;
  /** The path with `{id}` in the place of what looks like an identifier, such as `/v1/orders/{id}`. */
  readonly pathTemplate: string | undefined;

  /** @param text - what happened; the message is `GET https://api.test/v1/orders/{id}: text` */
  constructor(request: FailedRequest, text: string, options?: ErrorOptions) {
    const { origin, method, pathTemplate } = describeRequest(request);
    super(`${method === undefined ? '' : `${method} `}${origin}${pathTemplate ?? ''}: ${text}`, options);
    this.origin = origin;
    this.method = method;
    this.pathTemplate = pathTemplate;
  }
}

type RequestFacts = Pick<RequestFailure, 'origin' | 'method' | 'pathTemplate'>;

function describeRequest(request: FailedRequest): RequestFacts {
  if (typeof request === 'string') return { origin: request, method: undefined, pathTemplate: undefined };
  const { method, url } = request;
  const pathname = URL.parse(url)?.pathname;
  return { origin: parseOrigin(url), method, pathTemplate: pathname && guessTemplate(pathname) };
}
