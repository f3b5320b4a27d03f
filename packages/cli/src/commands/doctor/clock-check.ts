import { formatDuration } from '../../output/format-duration.ts';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

const warningMs = 30_000;
const failureMs = 300_000;

/** The check `clock`: do this machine and the issuer have the same time? */
export function clockCheck(dependsOn: readonly Check[], readSkewMs: () => Promise<number | undefined>): Check {
  return { name: 'clock', dependsOn, run: async () => toFinding(await readSkewMs()) };
}

/** @param skewMs - how far the server's clock is ahead of this machine's, in milliseconds */
function toFinding(skewMs: number | undefined): Finding {
  if (skewMs === undefined) return skipped('not checked: no response had a Date header');
  const differenceMs = Math.abs(skewMs);
  if (differenceMs < 1_500) return ok("equal to the server's, to about a second");
  const message = `this machine's clock is ${formatDuration(differenceMs)} ${skewMs > 0 ? 'behind' : 'ahead of'} the server's`;
  if (differenceMs > failureMs)
    return failed(message, `${setClock}. Until then assertions and tokens may count as expired, or not yet valid`);
  return differenceMs > warningMs ? warning(message, setClock) : ok(message);
}

const setClock = 'Set the clock of this machine by NTP; if it is right, ask the operator of the server';
