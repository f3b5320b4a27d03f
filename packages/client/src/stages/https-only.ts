import { InvalidSchemeError } from '../errors/index.ts';
import { isSecure, parseUrl } from '../security/url.ts';
import type { Stage } from '../core/stage.ts';

/**
 * Refuses URLs other than https, and http on loopback, also those that a redirect leads to.
 *
 * @throws InvalidSchemeError before anything is sent
 */
export function httpsOnly({ insecureHttp }: { readonly insecureHttp: boolean }): Stage {
  return (next) => (request, call) => {
    if (request.url.startsWith('https://')) return next(request, call);
    const url = parseUrl(request.url);
    if (isSecure(url) || (insecureHttp && url.protocol === 'http:')) return next(request, call);
    throw new InvalidSchemeError(url);
  };
}
