import type { TokenStatus } from './token-handle.ts';

/** The status of a handle that has no token yet, for authors of handles. */
export const noTokenStatus: TokenStatus = {
  state: 'none',
  generation: 0,
  isShared: false,
  issuedAt: undefined,
  expiresAt: undefined,
  renewsAt: undefined,
  validForMs: 0,
  scopes: [],
  failure: undefined,
};
