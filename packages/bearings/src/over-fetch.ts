/**
 * The same values as in `index.ts`, for runtimes without undici: Bun, Deno, workerd, and bundles for others. The types are those
 * of `index.ts` everywhere.
 */
export {
  createClient,
  explain,
  formatHttpError,
  isBearingsError,
  orThrow,
  profiles,
  withCircuitBreaker,
} from '@bearings/client';
export { Err, fetchToken, Ok, staticToken, Token, TokenPool, withBearerAuth } from '@bearings/oauth-bearer';
export { discover } from '@bearings/oidc-discovery';
