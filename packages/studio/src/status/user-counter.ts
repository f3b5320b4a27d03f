import type { UsersRow } from './status-snapshot.ts';

/** What is needed of `UserTokens`. */
export interface ObservedUsers {
  subscribe(listener: (event: { readonly type: string }) => unknown): () => void;
}

/** Counts what happens to users' grants from now on. No user and no account is kept. */
export function countUserEvents(
  users: ObservedUsers,
  onEvent: () => void,
): { readonly row: () => UsersRow; readonly stop: () => void } {
  const counts = { refreshes: 0, failures: 0, ended: 0 };
  const stop = users.subscribe(({ type }) => {
    const name = countedTypes.get(type);
    if (name === undefined) return;
    counts[name] += 1;
    onEvent();
  });
  return { row: () => ({ ...counts }), stop };
}

const countedTypes: ReadonlyMap<string, keyof UsersRow> = new Map([
  ['refreshed', 'refreshes'],
  ['refresh-failed', 'failures'],
  ['reauthorization-required', 'ended'],
]);
