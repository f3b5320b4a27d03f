/**
 * Where replicas share one token: Redis, PostgreSQL, a file, the parent of a worker.
 *
 * A store decides by `storeRules`, atomically for each key, and measures time by its own clock: no wall clock of a
 * replica is compared with another. It sees sealed text only. A call that fails rejects; the replica then works without
 * the store.
 */
export interface TokenStore {
  /** Asks for a token younger than the one held, or for the right to request one. */
  ask(key: string, question: StoreQuestion): Promise<StoreAnswer>;
  /** Offers a token. Answers whether it was stored: only a younger token than the one that is there is. */
  put(key: string, offer: StoreOffer): Promise<boolean>;
  /** Gives a lease back, when it is still the owner's. */
  release(key: string, release: StoreRelease): Promise<void>;
  /** Calls `changed` when the entry of a key may have changed: a hint, which may be lost. Answers with a function that stops it. */
  watch?(key: string, changed: () => void): () => void;
}

/** What a replica asks with. */
export interface StoreQuestion {
  /** The token that the replica has, if any. */
  readonly held?: HeldEntry | undefined;
  /** True when a resource has rejected the held token. */
  readonly isRejected: boolean;
  /** Identifies one acquisition of one replica. */
  readonly owner: string;
  /** How long the lease lasts, in milliseconds. Asking again extends it. */
  readonly leaseMs: number;
  /** The time between two rotations of all replicas together, after three at once; 0 for no limit. In milliseconds. */
  readonly rotationPeriodMs: number;
  /** The seals that this replica can open. An entry with another seal belongs to another group. */
  readonly sealIds: readonly string[];
}

/** A token that a replica has. */
export interface HeldEntry {
  readonly id: string;
  /** Milliseconds since the request for it was sent, by the replica's monotonic clock. */
  readonly ageMs: number;
}

/** What a store answers. Durations are from now, in milliseconds. */
export type StoreAnswer =
  /** A token that is younger than the held one. */
  | { readonly kind: 'entry'; readonly id: string; readonly sealed: string; readonly ageMs: number }
  /** The replica may request a token, alone, for `leaseMs`. It is `atMs` by the store's clock. */
  | { readonly kind: 'lease'; readonly atMs: number }
  /** Another replica is requesting one. */
  | { readonly kind: 'busy'; readonly leftMs: number }
  /** The request of another replica has failed; the next one is due in `leftMs`. */
  | { readonly kind: 'failed'; readonly sealed: string; readonly leftMs: number }
  /** The replicas together have rotated too often; the next rotation is due in `leftMs`. */
  | { readonly kind: 'limited'; readonly leftMs: number }
  /** The entry has a seal that this replica does not know. */
  | { readonly kind: 'foreign' };

/** A token that a replica has requested. */
export interface StoreOffer {
  readonly id: string;
  readonly sealed: string;
  /** The seal it has. */
  readonly sealId: string;
  /** The seals that it may replace. */
  readonly sealIds: readonly string[];
  /** When the request for it was sent, by the store's clock: an age would be wrong when the offer arrives late. */
  readonly requestedAtMs: number;
  /** For how long after that it is given to other replicas, in milliseconds. */
  readonly lifetimeMs: number;
  readonly owner: string;
}

export interface StoreRelease {
  readonly owner: string;
  /** Why the request failed, for the replicas that ask within `leftMs`. */
  readonly failure?: { readonly sealed: string; readonly leftMs: number } | undefined;
}
