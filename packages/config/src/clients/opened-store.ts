import type { TokenStore } from '@bearings/oauth-bearer/store';

/** A store that was opened for its user, who closes it. */
export interface OpenedStore {
  readonly store: TokenStore;
  /** Deletes every entry. Answers with how many there were. */
  clear(): Promise<number>;
  close(): Promise<void>;
}
