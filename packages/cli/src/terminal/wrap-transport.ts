import type { Layer } from '@bearings/client';
import { layer } from '@bearings/client/layer';

type Fetch = typeof globalThis.fetch;

/** The same transport with a wrapper around it that is written for `fetch`, such as a log. */
export function wrapTransport(transport: Layer, wrap: (fetch: Fetch) => Fetch): Layer {
  const { name, settings = {}, clientCertificate } = transport;
  const wrapped = layer('transport', { name, settings }, (next, client) => {
    const send = transport.stage(next, client);
    return (request, call) => {
      const { method, url, body } = request;
      const headers = call.headers.mergeWith(request);
      const shown = typeof body === 'string' || body instanceof URLSearchParams ? { body } : {};
      return wrap(() => send(request, call))(url, { method, headers, signal: call.signal, ...shown });
    };
  });
  return { ...wrapped, clientCertificate };
}
