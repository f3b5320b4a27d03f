import { computed, signal } from '@preact/signals';
import type { ClientRow, ConnectorsRow, StatusChange, TokenRow, UsersRow } from '../../src/status/status-snapshot.ts';
import { followDocuments } from '../state/documents.ts';

/** The tokens of the service by name, as it has said them last. */
export const tokens = signal<ReadonlyMap<string, TokenRow>>(new Map());
export const clients = signal<ReadonlyMap<string, ClientRow>>(new Map());
export const users = signal<UsersRow | null>(null);
export const connectors = signal<ConnectorsRow | null>(null);
/** When the service has said something last, by its own clock; `undefined` before that. */
export const saidAt = signal<number | undefined>(undefined);
/** Why the service does not answer, and since when by this machine's clock. */
export const gone = signal<{ readonly reason: string; readonly since: number } | undefined>(undefined);
/** How far the clock of the service is ahead of this machine's. */
const skewMs = signal(0);
/** This machine's clock, once a second. */
export const tick = signal(Date.now());
/** True while nothing on the page follows the service. */
export const isPaused = signal(false);
/** True when the studio itself has ended. */
export const isEnded = signal(false);
/** True when the studio does not answer. */
export const isStudioAway = signal(false);

setInterval(() => {
  if (!isPaused.value) tick.value = Date.now();
}, 1_000);

/** The time of the service. It stops when the service is gone. */
export const serviceNow = computed(() =>
  gone.value === undefined ? tick.value + skewMs.value : (saidAt.value ?? tick.value),
);

const byName = <Row extends { readonly name: string }>(
  known: ReadonlyMap<string, Row>,
  rows: readonly Row[],
): ReadonlyMap<string, Row> =>
  rows.length === 0 ? known : new Map([...known, ...rows.map((row) => [row.name, row] as const)]);

function take(change: StatusChange, isAll: boolean): void {
  if (isPaused.value) return;
  tokens.value = byName(isAll ? new Map() : tokens.value, change.tokens);
  clients.value = byName(isAll ? new Map() : clients.value, change.clients);
  users.value = change.users;
  if (change.connectors !== undefined) connectors.value = change.connectors;
  skewMs.value = change.at - Date.now();
  saidAt.value = change.at;
  gone.value = undefined;
}

/** Follows the studio: the service, and files that change on disk. */
export function followStudio(): void {
  const source = new EventSource('/api/events');
  const on = (name: string, action: (value: never) => void): void =>
    source.addEventListener(name, (event) => action(JSON.parse(event.data) as never));
  on('snapshot', (value: StatusChange) => take(value, true));
  on('change', (value: StatusChange) => take(value, false));
  on('gone', ({ reason }: { readonly reason: string }) => {
    gone.value = { reason, since: gone.value?.since ?? Date.now() };
  });
  on('documents', (ids: readonly string[]) => void followDocuments(ids));
  on('ended', () => {
    isEnded.value = true;
    source.close();
  });
  source.addEventListener('open', () => (isStudioAway.value = false));
  source.addEventListener('error', () => (isStudioAway.value = !isEnded.value));
}
