import type { Layer } from '@bearings/client';
import { layer } from '@bearings/client/layer';

type Fetch = typeof globalThis.fetch;

/**
 * The same transport with a wrapper around it that is written for `fetch`, such as a log.
 *
 * @param isLeftOut - requests for which this is true pass by the wrapper. Default: none
 */
export function wrapTransport(
  transport: Layer,
  wrap: (fetch: Fetch) => Fetch,
  isLeftOut: (request: object) => boolean = () => false,
): Layer {
  const { name, settings = {} } = transport;
  return layer('transport', { name, settings }, (next, client) => {
    const send = transport.stage(next, client);
    return (request, call) => {
      if (isLeftOut(request)) return send(request, call);
      const { method, url, body } = request;
      const headers = call.headers.mergeWith(request);
      const shown = typeof body === 'string' || body instanceof URLSearchParams ? { body } : {};
      return wrap(() => send(request, call))(url, { method, headers, ...shown });
    };
  });
}
