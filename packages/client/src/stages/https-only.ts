import { InvalidSchemeError } from '../errors/index.ts';
import { isSecure, parseUrl } from '../security/url.ts';
import type { Send, Stage } from '../core/stage.ts';

/**
 * Refuses URLs other than https, and http on loopback, also those that a redirect leads to. Each request that passes is
 * signed when the call has a function for that: it has its final address here.
 *
 * @throws InvalidSchemeError before anything is sent
 */
export function httpsOnly({ insecureHttp }: { readonly insecureHttp: boolean }): Stage {
  return (next) => {
    const send: Send = (request, call) =>
      call.sendSigned === undefined ? next(request, call) : call.sendSigned(request, call, next);
    return (request, call) => {
      if (request.url.startsWith('https://')) return send(request, call);
      const url = parseUrl(request.url);
      if (isSecure(url) || (insecureHttp && url.protocol === 'http:')) return send(request, call);
      throw new InvalidSchemeError(url);
    };
  };
}
