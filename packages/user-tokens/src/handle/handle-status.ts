import type { Clock } from '@bearings/client';
import type { TokenState, TokenStatus } from '@bearings/oauth-bearer';
import { elapsedMs } from '@bearings/oauth-bearer/source';
import type { HandleRenewer } from './handle-renewer.ts';

type Shown = Pick<HandleRenewer, 'held' | 'failure' | 'isRotating' | 'generation'>;

/** What a handle shows of its token. */
export function toTokenStatus(shown: Shown, isClosed: boolean, clock: Clock): TokenStatus {
  const { held, failure, generation } = shown;
  const nowMs = clock.now();
  const validForMs = Math.max(0, held?.validForMs ?? 0);
  const hasEnd = validForMs !== Infinity && held !== undefined;
  return {
    state: isClosed ? 'closed' : toState(shown),
    generation,
    isShared: false,
    issuedAt: hasEnd ? held.access.issuedAt : undefined,
    expiresAt: hasEnd ? Math.round(nowMs + held.validForMs) : undefined,
    renewsAt: hasEnd ? Math.round(nowMs + held.dueInMs) : undefined,
    validForMs: shown.isRotating ? 0 : validForMs,
    scopes: held?.access.scopes ?? [],
    failure: failure && {
      code: failure.error.code,
      count: failure.count,
      at: failure.at.wallMs,
      retryAt: nowMs + failure.pauseMs - elapsedMs(failure.at, clock),
    },
  };
}

function toState({ held, isRotating }: Shown): TokenState {
  if (held === undefined) return 'none';
  if (isRotating) return 'rejected';
  if (held.validForMs <= 0) return 'expired';
  return held.isDue ? 'stale' : 'fresh';
}
