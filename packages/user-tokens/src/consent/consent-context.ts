import type { Clock } from '@bearings/client';
import type { Connection } from '../connection/connection.ts';
import type { GrantVault } from '../grant/grant-vault.ts';
import type { RowSealer } from '../sealing/row-sealer.ts';
import type { GrantStore } from '../store/grant-store.ts';
import type { Identify } from '../user-tokens-options.ts';
import type { ConsentEvent } from './consent-event.ts';
import type { FlowListeners } from './flow-listeners.ts';

/** What consent works with. */
export interface ConsentContext {
  readonly store: GrantStore;
  readonly sealer: RowSealer;
  readonly vault: GrantVault;
  readonly connections: ReadonlyMap<string, Connection>;
  /** The base of the handler's URLs, without a slash at its end. */
  readonly base: URL;
  readonly identify: Identify;
  readonly flowLifetimeMs: number;
  readonly clock: Clock;
  /** The callers in this process that wait for a flow. */
  readonly listeners: FlowListeners;
  /** Called with what happens. Must not throw. */
  readonly report: (event: ConsentEvent) => void;
}
