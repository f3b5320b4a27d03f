import { layer } from '../../core/layer.ts';
import type { Layer } from '../../core/layer.ts';
import { assertOption, functionRule, objectRule } from '../../core/option-rules.ts';

/**
 * Adds headers from the context of a call, such as the id of the request that the service is answering:
 *
 *     withContextHeaders(() => ({ 'x-request-id': requests.getStore()?.id }))
 *
 * The function is called once for each call, where the call is made, so that an `AsyncLocalStorage` has its value. Headers
 * without a value, and those that the call sets itself, are left out. As with `baggage`, a redirect to another origin does not
 * get them.
 *
 * @param read - returns the headers, by name
 * @throws ConfigError when `read` is not a function, and from a call when it does not return an object
 * @throws InvalidHeaderError from a call, for a value that is not a header value
 */
export function withContextHeaders(read: () => Readonly<Record<string, string | undefined>>): Layer {
  assertOption('read', read, { ...functionRule, expected: 'a function that returns headers' });
  return layer('observe', 'context-headers', (next) => (request, call) => {
    const headers: Readonly<Record<string, string | undefined>> = read();
    assertOption('read', headers, { ...objectRule, expected: 'a function that returns an object of headers' });
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined || request.hasHeader(name)) continue;
      call.headers.set(name, value);
      call.headers.markCredential(name); // it stays within the origin, and is not hidden in errors
    }
    return next(request, call);
  });
}
