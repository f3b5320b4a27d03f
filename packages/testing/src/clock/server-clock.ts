import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import type { VirtualClock } from './virtual-clock.ts';

/** The clock of a server: `serverTime` of a virtual clock, because its own time may be wrong. */
export function serverClock(clock: Clock | VirtualClock = systemClock): Clock {
  return 'serverTime' in clock ? clock.serverTime : clock;
}
