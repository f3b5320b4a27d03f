import type { Clock } from '@bearings/client';
import type { UserGrant } from './user-grant.ts';

/** What a device asks for (RFC 8628 §3.1). */
interface DeviceRequest {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** The state of a device code when it is polled (RFC 8628 §3.5). */
export type DevicePoll =
  | UserGrant
  | 'unknown'
  | 'expired_token'
  | 'access_denied'
  | 'authorization_pending'
  | { readonly slowDownMs: number };

export interface DeviceCodeOptions {
  /** The shortest pause between two polls. */
  readonly intervalMs: number;
  readonly lifetimeMs: number;
  readonly clock: Clock;
}

/** The device codes that an issuer has issued. */
export interface DeviceCodes {
  issue(request: DeviceRequest): { readonly deviceCode: string; readonly userCode: string };
  /** The request behind a user code that waits for an answer. */
  find(userCode: string): DeviceRequest | undefined;
  /** Records the answer of the user. `undefined`: denied. */
  decide(userCode: string, grant: UserGrant | undefined): void;
  poll(deviceCode: string, clientId: string): DevicePoll;
}

interface IssuedDeviceCode {
  readonly request: DeviceRequest;
  readonly userCode: string;
  readonly expiresAt: number;
  intervalMs: number;
  polledAt: number;
  decision?: UserGrant | 'access_denied';
  isUsed: boolean;
}

/** `slow_down` makes the pause longer by 5 seconds (RFC 8628 §3.5). */
const slowDownMs = 5_000;

/** Creates an empty list of device codes. */
export function deviceCodes({ intervalMs, lifetimeMs, clock }: DeviceCodeOptions): DeviceCodes {
  const issued = new Map<string, IssuedDeviceCode>();
  const isExpired = ({ expiresAt }: IssuedDeviceCode): boolean => clock.now() >= expiresAt;
  const findOpen = (userCode: string): IssuedDeviceCode | undefined =>
    [...issued.values()].find((each) => each.userCode === userCode && each.decision === undefined && !isExpired(each));
  return {
    issue(request) {
      const deviceCode = `device-code-${issued.size + 1}`;
      const userCode = `CODE-${String(issued.size + 1).padStart(4, '0')}`;
      const expiresAt = clock.now() + lifetimeMs;
      issued.set(deviceCode, { request, userCode, expiresAt, intervalMs, polledAt: -Infinity, isUsed: false });
      return { deviceCode, userCode };
    },
    find: (userCode) => findOpen(userCode)?.request,
    decide(userCode, grant) {
      const found = findOpen(userCode);
      if (found !== undefined) found.decision = grant ?? 'access_denied';
    },
    poll(deviceCode, clientId) {
      const found = issued.get(deviceCode);
      if (found === undefined || found.request.clientId !== clientId || found.isUsed) return 'unknown';
      if (isExpired(found)) return 'expired_token';
      const isTooSoon = clock.now() < found.polledAt + found.intervalMs;
      found.polledAt = clock.now();
      if (isTooSoon) return { slowDownMs: (found.intervalMs += slowDownMs) };
      if (found.decision === undefined) return 'authorization_pending';
      found.isUsed = true;
      return found.decision;
    },
  };
}
