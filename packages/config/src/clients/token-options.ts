import type { Clock, Layer } from '@bearings/client';
import { clockRule, functionRule, objectRule, transportLayerRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { GrantAccess } from '../grants/open-user-tokens.ts';
import type { TokenSharing } from './open-token-store.ts';

/** Options of `createToken`. */
export interface TokenOptions {
  /** The function that sends requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The network as a layer, in place of `fetch`: see `createNetwork`. The caller closes it. Default: none. */
  readonly network?: Layer | undefined;
  /** The clock. Default: the clock of the system. */
  readonly clock?: Clock | undefined;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Where tokens are shared: see `openTokenStore`. The caller closes it. Default: not shared. */
  readonly sharing?: TokenSharing | undefined;
  /**
   * Opens the grants of the person at the terminal, for `oauth2_authorization_code`: called at a token's first use, and the
   * token closes the store. `undefined` when there are none yet. It may throw a `TokenError`. Default: none.
   */
  readonly openGrants?: (() => Promise<GrantAccess | undefined>) | undefined;
}

export const tokenRules: OptionRules<TokenOptions> = {
  fetch: functionRule,
  network: transportLayerRule,
  clock: clockRule,
  random: functionRule,
  sharing: objectRule,
  openGrants: functionRule,
};
