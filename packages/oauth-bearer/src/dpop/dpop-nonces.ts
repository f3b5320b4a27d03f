import { LRUCache } from 'lru-cache';

/** Nonces of more origins than this are forgotten: the next request there costs one more round trip. */
const mostOrigins = 100;
/** A nonce is text without quotes and backslashes (RFC 9449 §8.1). One that is longer than any header is ignored. */
const validNonce = /^[\x21\x23-\x5b\x5d-\x7e]{1,2048}$/;

/** The last nonce of each origin (RFC 9449 §8.2). Keys may share them: a server that binds a nonce to a key sends another. */
export class DpopNonces {
  readonly #byOrigin = new LRUCache<string, string>({ max: mostOrigins });

  get(origin: string): string | undefined {
    return this.#byOrigin.get(origin);
  }

  /** Keeps the nonce of a response, whatever its status. Answers with it, when the response has a valid one. */
  keep(url: string, headers: Headers): string | undefined {
    const nonce = headers.get('dpop-nonce');
    if (nonce === null || !validNonce.test(nonce)) return undefined;
    this.#byOrigin.set(new URL(url).origin, nonce);
    return nonce;
  }
}
