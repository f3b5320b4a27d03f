import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import type { IssuedToken, TokenError } from '@bearings/oauth-bearer';
import type { BoundDpopKey } from '@bearings/oauth-bearer/source';
import type { Connection } from '../../connection/connection.ts';
import { FlowFailure } from '../flow-failure.ts';
import type { DeviceResponse } from './device-response.ts';

/** What is polled for, and how. */
export interface DevicePoll {
  readonly connection: Connection;
  readonly device: DeviceResponse;
  /** When the device code ends, by the monotonic clock. */
  readonly endsAt: number;
  readonly scopes: readonly string[];
  /** The key that the token is bound to. */
  readonly bound: BoundDpopKey | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A token, and when it was requested, by the monotonic clock. `undefined` when the code has expired. */
export type DeviceToken = { readonly issued: IssuedToken; readonly requestedAt: number } | undefined;

/** RFC 8628 §3.5. */
const slowDownMs = 5_000;
/** The longest pause while the server cannot be reached. */
const longestPauseMs = 60_000;

/**
 * Asks for the token until the user has answered or the code has expired (RFC 8628 §3.4). `slow_down` makes every later
 * pause 5 s longer. An outage does not end it: while no answer comes, each pause is twice the one before.
 *
 * @throws FlowFailure when the user denies it, or the server refuses the code
 * @throws the signal's reason when it is aborted
 */
export async function pollDeviceToken(poll: DevicePoll): Promise<DeviceToken> {
  const { connection, device, endsAt, scopes, clock, signal, bound } = poll;
  let { intervalMs } = device;
  let pauseMs = intervalMs;
  for (;;) {
    const leftMs = endsAt - clock.monotonic();
    await pause(Math.min(pauseMs, Math.max(0, leftMs)), poll);
    if (pauseMs > leftMs) return undefined;
    const requestedAt = clock.monotonic();
    const params: [string, string][] = [
      ['grant_type', 'urn:ietf:params:oauth:grant-type:device_code'],
      ['device_code', device.deviceCode],
    ];
    const request = { params, retry: 'never', scopes, signal, isProbe: false, dpopKey: bound?.key } as const;
    const result = await untilAborted(connection.request(request), signal);
    if (result.isOk()) return { issued: result.value, requestedAt };
    const { error } = result;
    const answer = readAnswer(error);
    if (answer === 'expired') return undefined;
    if (answer === 'slow_down') intervalMs += slowDownMs;
    const isSilent = error.code === 'TOKEN_UNAVAILABLE';
    pauseMs = isSilent ? Math.max(intervalMs, Math.min(pauseMs * 2, longestPauseMs)) : intervalMs;
    if (error.code === 'TOKEN_HTTP') pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
  }
}

/** @throws FlowFailure for what a later request cannot change */
function readAnswer(error: TokenError): 'pending' | 'slow_down' | 'expired' {
  if (error.code === 'TOKEN_UNAVAILABLE' || error.code === 'INVALID_TOKEN_RESPONSE') return 'pending'; // such as a proxy's own page
  if (error.code !== 'TOKEN_HTTP') throw new FlowFailure('code_refused', { cause: error });
  const { oauthError, status } = error;
  switch (oauthError) {
    case 'authorization_pending':
    case undefined:
      return 'pending';
    case 'slow_down':
      return 'slow_down';
    case 'expired_token':
      return 'expired';
    case 'access_denied':
      throw new FlowFailure('access_denied');
    default:
      if (status >= 500 || status === 429) return 'pending';
      throw new FlowFailure('code_refused', { cause: error });
  }
}

async function pause(ms: number, { clock, signal }: DevicePoll): Promise<void> {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.schedule(ms, resolve);
  });
  try {
    await untilAborted(over, signal);
  } finally {
    cancel();
  }
}
