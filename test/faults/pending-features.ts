/** A feature that does not exist yet, and the entries that need it. */
export interface PendingFeature {
  readonly feature: string;
  readonly ids: readonly string[];
}

/** The entries that are not replayed yet, by feature, in the order of the catalogue. */
export const pendingFeatures: readonly PendingFeature[] = [
  { feature: 'client certificates (mTLS)', ids: ['DI-070', 'TT-026'] },
  { feature: 'sender-constrained tokens (DPoP)', ids: ['TR-151', 'TR-152', 'TR-153', 'TT-027', 'R4-008'] },
  {
    feature: 'tokens kept in Redis',
    ids: ['ST-016', 'ST-017', 'ST-018'],
  },
  { feature: 'a token shared by several processes', ids: ['CC-025', 'CC-027'] },
  { feature: 'memory that forgets: heap snapshots and core dumps', ids: ['SL-026'] },
];
