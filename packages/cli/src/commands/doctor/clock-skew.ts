import { durationText } from '../../output/durations.ts';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

const remarkableMs = 30_000;
const harmfulMs = 300_000;

/** Clock: this machine and the issuer agree on the time. */
export function clockCheck(reach: readonly Check[], askAheadMs: () => Promise<number | undefined>): Check {
  return { name: 'clock', needs: reach, run: async () => judged(await askAheadMs()) };
}

/** @param aheadMs - how far the server is ahead of this machine */
function judged(aheadMs: number | undefined): Finding {
  if (aheadMs === undefined) return skipped('not checked: no answer said what time it is there (Date)');
  const apartMs = Math.abs(aheadMs);
  if (apartMs < 1_500) return ok("the same as the server's, to about a second");
  const says = `this machine is ${durationText(apartMs)} ${aheadMs > 0 ? 'behind' : 'ahead of'} the server`;
  if (apartMs > harmfulMs) return failed(says, `${setIt}: assertions and tokens seem expired, or not valid yet`);
  return apartMs > remarkableMs ? warning(says, setIt) : ok(says);
}

const setIt = 'Set the clock of this machine by NTP; if it is right, tell those who run the server';
