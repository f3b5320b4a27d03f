/**
 * True where a promise, timer or signal belongs to the incoming request in which it was made, and ends with it: Cloudflare
 * Workers and Vercel's Edge runtime. Code that shares one between requests must not wait for it without a limit there.
 */
export function isRequestBound(): boolean {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers' || 'EdgeRuntime' in globalThis;
}
