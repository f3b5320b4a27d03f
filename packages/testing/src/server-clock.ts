import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import type { VirtualClock } from './virtual-clock.ts';

/** The time of a server: a virtual clock's time outside the machine, because the machine's own may be wrong. */
export function serverClock(clock: Clock | VirtualClock = systemClock): Clock {
  return 'serverTime' in clock ? clock.serverTime : clock;
}
