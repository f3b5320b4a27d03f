import type { Clock, Layer } from '@bearings/client';
import type { ConnectionConfig } from './connection/connection-config.ts';
import type { KeySet, KeySource } from '@bearings/oauth-bearer/sealing';
import type { GrantStore } from './store/grant-store.ts';

/** The signed-in user of a browser. */
export interface Identity {
  readonly user: string;
  /** Default: `''`. */
  readonly tenant?: string | undefined;
}

interface Identification {
  // a method, so that the function may name the type of its framework's context
  identify(
    request: Request,
    frameworkContext: unknown,
  ): string | Identity | undefined | Promise<string | Identity | undefined>;
}

/**
 * The signed-in user of a request; `undefined` when there is none. The second argument is what the handler was called with
 * as its second: a framework's own request or context, where its session is.
 */
export type Identify = Identification['identify'];

/** What `UserTokens.create` takes. */
export interface UserTokensOptions {
  readonly store: GrantStore;
  readonly keys: KeySet | KeySource;
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
  /** The base of the redirect URIs, such as `https://app.example/oauth`: `/connect/<id>` and `/callback/<connection>` are below it. */
  readonly redirectUri: string;
  /** Answers the signed-in user of a request, from your session. Consent is refused when it is not the flow's user. */
  readonly identify: Identify;
  /** How long a token in memory is used until the store is asked, in the background, whether it still counts. Default: 30 s. */
  readonly recheckMs?: number;
  /** How many handles are kept; the one used longest ago is evicted. Default: 50,000. */
  readonly maxHandles?: number;
  /** For how long one process alone may refresh a grant; the request takes two thirds of it at most. Default: 15 s, below 30 s. */
  readonly leaseMs?: number;
  /** How long a user has to consent. Default: 10 min. */
  readonly flowLifetimeMs?: number;
  /** The network to the providers. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The network as a layer, in place of `fetch`. You close it. */
  readonly network?: Layer | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}
