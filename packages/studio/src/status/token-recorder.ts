import type { TokenError, TokenEvent, TokenHandle, TokenStatus } from '@bearings/oauth-bearer';
import { describeEvent } from './describe-event.ts';
import { failureMessage, failureRemedy } from './describe-failure.ts';
import type { StatusEvent, StatusFailure, TokenRow } from './status-snapshot.ts';

/** A token and what is known about it. */
export interface ObservedToken {
  readonly token: Pick<TokenHandle, 'status' | 'subscribe'>;
  /** The clients that use it. Default: none. */
  readonly clients?: readonly string[];
  /** The issuer, the token endpoint, or the reference to a static secret. Never a secret. Default: not shown. */
  readonly from?: string;
  /** Default: not shown. */
  readonly clientId?: string;
}

/** Follows one token from now on. */
export interface TokenRecorder {
  readonly row: () => TokenRow;
  readonly stop: () => void;
}

/** How many events are kept. */
const maxEvents = 20;

/** Counts and keeps the events of a token. `onEvent` is called on each. */
export function recordToken(name: string, observed: ObservedToken, onEvent: () => void): TokenRecorder {
  const { token, clients = [], from = '', clientId = '' } = observed;
  let events: readonly StatusEvent[] = [];
  let rotations = 0;
  let renewals = Math.max(0, token.status().generation - 1);
  let renewedAt: number | undefined;
  let error: TokenError | undefined;
  const record = (event: TokenEvent): void => {
    const shown = describeEvent(event);
    if (shown !== undefined) events = [shown, ...events].slice(0, maxEvents);
    if (event.type === 'renewal-failed') error = event.error;
    if (event.type === 'renewed') renewals += 1;
    if (event.type === 'rotated') rotations += 1;
    if (event.type === 'acquired' || event.type === 'renewed' || event.type === 'rotated') renewedAt = event.at;
    onEvent();
  };
  const stop = token.subscribe(record);
  const row = (): TokenRow => ({
    name,
    clients,
    from,
    clientId,
    ...shownStatus(token.status()),
    renewals,
    rotations,
    renewedAt: finite(renewedAt),
    events,
    failure: shownFailure(token.status(), error),
  });
  return { row, stop };
}

type ShownStatus = Omit<
  TokenRow,
  'name' | 'clients' | 'from' | 'clientId' | 'renewals' | 'rotations' | 'renewedAt' | 'events' | 'failure'
>;

function shownStatus({ state, generation, isShared, scopes, validForMs, ...times }: TokenStatus): ShownStatus {
  const { issuedAt, expiresAt, renewsAt } = times;
  const isStatic = validForMs === Infinity;
  return {
    state,
    generation,
    isShared,
    isStatic,
    scopes,
    issuedAt: finite(issuedAt),
    expiresAt: finite(expiresAt),
    renewsAt: finite(renewsAt),
  };
}

function shownFailure({ failure }: TokenStatus, error: TokenError | undefined): StatusFailure | null {
  if (failure === undefined) return null;
  const { count, at, retryAt, code } = failure;
  const message = error === undefined ? code : failureMessage(error);
  const remedy = error === undefined ? 'It failed before this page was attached' : failureRemedy(error);
  return { message, remedy, count, at, retryAt: finite(retryAt) };
}

/** JSON has no infinity. */
const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;
