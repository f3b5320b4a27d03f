import { randomUUID } from 'node:crypto';
import { createConsent } from './consent/create-consent.ts';
import type { Consenting } from './consent/create-consent.ts';
import type { ConsentEvent } from './consent/consent-event.ts';
import type { Connection } from './connection/connection.ts';
import { GrantRefresher } from './grant/grant-refresher.ts';
import { GrantVault } from './grant/grant-vault.ts';
import { UnsavedPairs } from './grant/unsaved-pairs.ts';
import { HandleCache } from './handle/handle-cache.ts';
import type { KeyRing } from '@bearings/oauth-bearer/sealing';
import { RowSealer } from './sealing/row-sealer.ts';
import { guardStore } from './store/guard-store.ts';
import type { GrantStore } from './store/grant-store.ts';
import { UserTokensListeners } from './user-tokens-event.ts';
import type { UserTokensSettings } from './user-tokens-settings.ts';

/** The longest that a store may take for one statement, in milliseconds. */
const storeTimeoutMs = 5_000;

/** The parts of one `UserTokens`, connected. */
export class Engine {
  readonly settings: UserTokensSettings;
  readonly store: GrantStore;
  readonly sealer: RowSealer;
  readonly vault: GrantVault;
  readonly unsaved: UnsavedPairs;
  readonly refresher: GrantRefresher;
  readonly handles: HandleCache;
  readonly listeners: UserTokensListeners;
  readonly consent: Consenting;

  constructor(settings: UserTokensSettings, ring: KeyRing) {
    const { clock, random, leaseMs, recheckMs, maxHandles } = settings;
    this.settings = settings;
    this.store = guardStore(settings.store, storeTimeoutMs, clock);
    this.sealer = new RowSealer(ring);
    this.vault = new GrantVault(this.store, this.sealer);
    this.unsaved = new UnsavedPairs(clock);
    this.listeners = new UserTokensListeners(clock);
    const { store, vault, unsaved, listeners } = this;
    const shared = { store, clock, random };
    this.refresher = new GrantRefresher({
      ...shared,
      vault,
      unsaved,
      owner: randomUUID(),
      leaseMs,
      notify: (event) => listeners.notify(event),
    });
    this.handles = new HandleCache({ ...shared, refresher: this.refresher, recheckMs }, maxHandles);
    const report = (event: ConsentEvent): void => {
      if (event.type === 'consent-completed') this.handles.reset(event);
      listeners.notify(event);
    };
    this.consent = createConsent({ ...settings, store, sealer: this.sealer, vault, report });
  }

  /** The connection of a name, if there is one. */
  connection(name: string): Connection | undefined {
    return this.settings.connections.get(name);
  }
}
